using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace AgentControl.Engine.Workspaces;

/// <summary>Where a page ended: a name, or an instant with its row's id. Opaque to callers.</summary>
public static class WorkspaceCursor
{
    /// <summary>Whether a list by name gave this out.</summary>
    public static bool IsName(string cursor) => Path(cursor) is not null;

    /// <summary>Whether a list by time gave this out.</summary>
    public static bool IsInstant(string cursor) => Instant(cursor) is not null;

    /// <summary>The cursor of a list by name that goes on behind this name.</summary>
    public static string Behind(string name) => Of(name);

    internal static string Of(string path) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(path));

    internal static string Of(DateTimeOffset at, Guid id) =>
        Of(string.Create(CultureInfo.InvariantCulture, $"{at.UtcTicks}|{id:N}"));

    /// <summary>Null for no cursor and for one that this program did not make.</summary>
    internal static string? Path(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor) || cursor.Length > 4096 || !Base64Url.IsValid(cursor))
            return null;
        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        return text.Contains('\0', StringComparison.Ordinal) ? null : text;
    }

    internal static (DateTimeOffset At, Guid Id)? Instant(string? cursor)
    {
        if (Path(cursor)?.Split('|') is not [var ticks, var id])
            return null;
        return
            long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && at <= DateTimeOffset.MaxValue.UtcTicks
            && Guid.TryParseExact(id, "N", out var row)
            ? (new DateTimeOffset(at, TimeSpan.Zero), row)
            : null;
    }
}
