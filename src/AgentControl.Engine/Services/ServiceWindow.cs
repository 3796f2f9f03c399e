namespace AgentControl.Engine.Services;

/// <summary>The last hours that are looked at, and how finely.</summary>
/// <param name="Name">As it is written in addresses.</param>
/// <param name="Minutes">The length of one bucket of a series.</param>
public sealed record ServiceWindow(string Name, TimeSpan Length, int Minutes)
{
    public static readonly ServiceWindow Hour = new("1h", TimeSpan.FromHours(1), 5);

    public static readonly IReadOnlyList<ServiceWindow> All =
    [
        Hour,
        new("6h", TimeSpan.FromHours(6), 10),
        new("24h", TimeSpan.FromHours(24), 30),
    ];

    /// <summary>The window of that name, the hour where none is given; null for any other word.</summary>
    public static ServiceWindow? Parse(string? name) =>
        string.IsNullOrEmpty(name) ? Hour : All.FirstOrDefault(w => w.Name == name);
}
