namespace AgentControl.Core.Metrics;

/// <summary>The range in which a value usually lies.</summary>
/// <param name="Usual">Its middle.</param>
public sealed record UsualBand(double Low, double Usual, double High)
{
    /// <summary>-1 below the band, 1 above it, 0 in it.</summary>
    public int Side(double value) =>
        value < Low ? -1
        : value > High ? 1
        : 0;
}

/// <summary>The values of other days at the same hour.</summary>
/// <param name="Middle">Their median.</param>
/// <param name="Deviation">How far the middle half strays from it, as a standard deviation; one odd day does not move it.</param>
/// <param name="Mean">Their average.</param>
public sealed record UsualDays(double Middle, double Deviation, double Mean)
{
    /// <summary>Days that are looked back.</summary>
    public const int Days = 14;

    /// <summary>Days of them that must have a value; before that nothing is usual yet.</summary>
    public const int LeastDays = 5;

    /// <summary>How many times the spread of ordinary days still counts as usual.</summary>
    private const double Width = 4;

    /// <summary>What turns a median deviation into a standard deviation, for values that are spread normally.</summary>
    private const double NormalDeviation = 1.4826;

    /// <param name="values">By day; a day may have several values, or none.</param>
    /// <returns>Null where too few days have a value.</returns>
    public static UsualDays? Of(IReadOnlyList<IReadOnlyList<double>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count(day => day.Count > 0) < LeastDays)
            return null;
        double[] all = [.. values.SelectMany(day => day).Order()];
        var middle = MiddleOf(all);
        double[] away = [.. all.Select(value => Math.Abs(value - middle)).Order()];
        return new(middle, MiddleOf(away) * NormalDeviation, all.Average());
    }

    /// <param name="count">On how many things the value rests that is looked at: one that rests on few strays further. 0 where there is none.</param>
    public UsualBand Band(MetricScale scale, long count)
    {
        ArgumentNullException.ThrowIfNull(scale);
        var chance = count == 0 ? 0 : scale.Chance(Mean, count);
        var reach = Math.Max(Width * Math.Max(Deviation, chance), scale.Least(Middle));
        return new(
            scale.OnlyAbove ? scale.Floor : Math.Max(scale.Floor, Middle - reach),
            Middle,
            Math.Min(scale.Ceiling, Middle + reach)
        );
    }

    private static double MiddleOf(double[] sorted) =>
        sorted.Length % 2 == 1
            ? sorted[sorted.Length / 2]
            : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
}
