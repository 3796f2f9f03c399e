namespace AgentControl.Core.Metrics;

/// <summary>How the values of a metric vary by chance, and which difference is too small to speak of.</summary>
/// <param name="Floor">No value is smaller.</param>
/// <param name="Ceiling">No value is larger.</param>
/// <param name="OnlyAbove">Fewer than usual is nothing unusual.</param>
public sealed record MetricScale(double Floor, double Ceiling, bool OnlyAbove = false)
{
    private const double LeastShare = 0.02;
    private const double LeastPartOfDuration = 0.25;
    private const double LeastSeconds = 1;
    private const double LeastRetries = 1;
    private const double LeastCount = 2;

    /// <summary>A share of things that either are so or are not, 0 to 1.</summary>
    public static MetricScale Share { get; } =
        new(0, 1)
        {
            Chance = (mean, count) =>
                Math.Sqrt(Math.Clamp(mean, 0.01, 0.99) * (1 - Math.Clamp(mean, 0.01, 0.99)) / count),
            Least = _ => LeastShare,
        };

    /// <summary>Seconds.</summary>
    public static MetricScale Duration { get; } =
        new(0, double.PositiveInfinity)
        {
            Chance = (_, _) => 0,
            Least = usual => Math.Max(LeastSeconds, usual * LeastPartOfDuration),
        };

    /// <summary>Events for each hundred calls.</summary>
    public static MetricScale PerHundred { get; } =
        new(0, double.PositiveInfinity, OnlyAbove: true)
        {
            Chance = (mean, count) => 10 * Math.Sqrt(Math.Max(mean, 0.5) / count),
            Least = _ => LeastRetries,
        };

    /// <summary>How often something happened.</summary>
    public static MetricScale Count { get; } =
        new(0, double.PositiveInfinity, OnlyAbove: true)
        {
            Chance = (mean, _) => Math.Sqrt(mean),
            Least = _ => LeastCount,
        };

    /// <summary>One standard deviation by chance alone, of the mean of other days and how many things the value rests on.</summary>
    public required Func<double, long, double> Chance { get; init; }

    /// <summary>The smallest difference from the usual value that is worth a look.</summary>
    public required Func<double, double> Least { get; init; }
}
