using System.Globalization;

namespace AgentControl.Web.Wall;

/// <summary>Configuration <c>AgentControl:Wall</c>: the hours in which walls are dimmed, by the clock of each screen.</summary>
/// <param name="DimFrom">Minutes after midnight; null where walls are never dimmed.</param>
/// <param name="DimTo">An end before the begin lies on the next day.</param>
internal sealed record WallOptions(int? DimFrom, int? DimTo)
{
    public const string Section = "AgentControl:Wall";
    private const string Form = "HH:mm";

    /// <exception cref="InvalidOperationException">Names every setting that is wrong, and the remedy.</exception>
    public static WallOptions Read(IConfiguration configuration)
    {
        var errors = new List<string>();
        var (from, to) = (Minutes(configuration, "DimFrom", errors), Minutes(configuration, "DimTo", errors));
        if (errors.Count == 0 && from is null != to is null)
            errors.Add($"{Section}:DimFrom and {Section}:DimTo belong together. Set both, or neither.");
        return errors.Count == 0 ? new(from, to) : throw new InvalidOperationException(string.Join(' ', errors));
    }

    private static int? Minutes(IConfiguration configuration, string name, List<string> errors)
    {
        if (configuration[$"{Section}:{name}"] is not [_, ..] text)
            return null;
        if (TimeOnly.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
            return (at.Hour * 60) + at.Minute;
        errors.Add($"{Section}:{name} is '{text}'. Give a time of the day such as 22:00.");
        return null;
    }
}
