using System.Text.Json;

namespace AgentControl.Web.Access;

/// <summary>How a person likes the pages. What is null is left to the browser.</summary>
/// <param name="Theme">light or dark; null follows the system.</param>
/// <param name="Times">relative or absolute; null chooses by age.</param>
/// <param name="Clock">12 for hours with am and pm; null for 24.</param>
/// <param name="Zone">An IANA time zone, such as Europe/Berlin; null takes the browser's.</param>
/// <param name="SingleKeys">Whether one key alone does something.</param>
internal sealed record Preferences(
    string? Theme = null,
    string? Times = null,
    string? Clock = null,
    string? Zone = null,
    bool SingleKeys = true
)
{
    private const string Twelve = "12";

    public static Preferences Usual { get; } = new();

    /// <summary>What was stored; the usual where it cannot be read.</summary>
    public static Preferences Read(string? json)
    {
        if (json is null)
            return Usual;
        try
        {
            return JsonSerializer.Deserialize<Preferences>(json, JsonSerializerOptions.Web)?.Checked() ?? Usual;
        }
        catch (JsonException)
        {
            return Usual;
        }
    }

    public string Write() => JsonSerializer.Serialize(Checked(), JsonSerializerOptions.Web);

    /// <summary>Whether the browser and this program know a zone of this name.</summary>
    public static bool IsZone(string name) =>
        name.Length <= 100
        && name.Contains('/', StringComparison.Ordinal)
        && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
        && zone.HasIanaId;

    private Preferences Checked() =>
        new(
            Theme is "light" or "dark" ? Theme : null,
            Times is "relative" or "absolute" ? Times : null,
            Clock == Twelve ? Twelve : null,
            Zone is not null && IsZone(Zone) ? Zone : null,
            SingleKeys
        );
}
