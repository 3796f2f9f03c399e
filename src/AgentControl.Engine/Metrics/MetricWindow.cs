namespace AgentControl.Engine.Metrics;

/// <summary>The time that is looked at: from its beginning up to and without its end, in buckets that begin at full five minutes or hours.</summary>
/// <param name="Name">As it is written in addresses; null for any other span.</param>
public sealed record MetricWindow(DateTimeOffset From, DateTimeOffset To, string? Name = null)
{
    /// <summary>As far back as numbers are kept.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(92);

    private static readonly TimeSpan FineUpTo = TimeSpan.FromHours(24);
    private static readonly TimeSpan Fine = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Coarse = TimeSpan.FromHours(1);

    private static readonly Dictionary<string, TimeSpan> _named = new(StringComparer.Ordinal)
    {
        [Day] = TimeSpan.FromHours(24),
        ["7d"] = TimeSpan.FromDays(7),
        ["30d"] = TimeSpan.FromDays(30),
    };

    public const string Day = "24h";

    private readonly TimeSpan? bucket;

    /// <summary>The spans that have a name, the shortest first.</summary>
    public static IReadOnlyCollection<string> Names => _named.Keys;

    public TimeSpan Length => To - From;

    /// <summary>Five minutes up to a day, else an hour; otherwise where it was chosen.</summary>
    public TimeSpan Bucket
    {
        get => bucket ?? (Length <= FineUpTo ? Fine : Coarse);
        private init => bucket = value;
    }

    /// <summary>The same time in some thirty buckets, for a picture beside a number: hours of a day, quarters of a week's days, else days.</summary>
    public MetricWindow Sketched() =>
        this with
        {
            Bucket = TimeSpan.FromHours(
                Length <= FineUpTo ? 1
                : Length <= _named["7d"] ? 6
                : 24
            ),
        };

    /// <summary>Where the first bucket begins: at <see cref="From"/> or up to one bucket before it.</summary>
    public DateTimeOffset FirstBucket => BucketOf(From);

    /// <summary>The time of the same length before.</summary>
    public MetricWindow Previous => new(From - Length, From);

    /// <summary>The span of that name that ends now; null for any other word.</summary>
    public static MetricWindow? Last(string name, DateTimeOffset now) =>
        _named.TryGetValue(name, out var length) ? new(now - length, now, name) : null;

    /// <summary>Where the bucket begins that a moment falls into.</summary>
    public DateTimeOffset BucketOf(DateTimeOffset at) =>
        new(at.UtcDateTime.AddTicks(-(at.UtcDateTime.Ticks % Bucket.Ticks)), TimeSpan.Zero);
}

/// <summary>Whose numbers are read, over which time.</summary>
/// <param name="Agent">One agent's alone; null for all.</param>
/// <param name="Visible">The workspaces that the caller may see; null for all.</param>
public sealed record MetricScope(
    MetricWindow Window,
    string? Agent = null,
    IReadOnlyCollection<string>? Visible = null
);
