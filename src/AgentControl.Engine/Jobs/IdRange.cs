using System.Globalization;

namespace AgentControl.Engine.Jobs;

/// <summary>Ranges of ids: by the beginning of their text, or by the time that a UUIDv7 carries.</summary>
internal static class IdRange
{
    private const int ShortestPrefix = 4;

    /// <summary>First and last id that begin with this text, or null where it is no beginning of an id.</summary>
    public static (Guid From, Guid To)? Of(string text)
    {
        var digits = text.Replace("-", "", StringComparison.Ordinal);
        if (digits.Length is < ShortestPrefix or > 32 || !digits.All(char.IsAsciiHexDigit))
            return null;
        return (Guid.ParseExact(digits.PadRight(32, '0'), "N"), Guid.ParseExact(digits.PadRight(32, 'f'), "N"));
    }

    /// <summary>The smallest UUIDv7 of a moment.</summary>
    public static Guid Floor(DateTimeOffset moment)
    {
        var milliseconds = Math.Max(0, moment.ToUnixTimeMilliseconds());
        return Guid.ParseExact(milliseconds.ToString("x12", CultureInfo.InvariantCulture).PadRight(32, '0'), "N");
    }
}
