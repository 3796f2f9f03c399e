using System.Globalization;

namespace AgentControl.Web.Jobs.Timeline;

/// <summary>A stretch of time where only waits ran.</summary>
public sealed record IdleGap(DateTimeOffset From, DateTimeOffset To)
{
    public TimeSpan Length => To - From;

    /// <summary>One unit, for the narrow place of a folded gap.</summary>
    public string Short =>
        Length switch
        {
            { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Length.TotalMinutes:0} min"),
            { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Length.TotalHours:0} h"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{Length.TotalDays:0} d"),
        };
}

/// <summary>Turns moments into places on the bar. Hidden gaps keep a fixed width, so a place is a share of the bar plus pixels.</summary>
public sealed class TimeScale
{
    /// <summary>Width of a folded gap, in pixels.</summary>
    public const int GapPixels = 24;

    private readonly double shown;

    public TimeScale(DateTimeOffset from, DateTimeOffset to, IReadOnlyList<IdleGap> folded)
    {
        From = from;
        To = to > from ? to : from.AddMilliseconds(1);
        Folded = folded;
        shown = Math.Max(1, (To - From).TotalMilliseconds - folded.Sum(g => g.Length.TotalMilliseconds));
    }

    public DateTimeOffset From { get; }
    public DateTimeOffset To { get; }
    public IReadOnlyList<IdleGap> Folded { get; }

    /// <summary>The gaps over 60 s and over 5 % of the run between the given busy stretches.</summary>
    public static IReadOnlyList<IdleGap> Gaps(
        DateTimeOffset from,
        DateTimeOffset to,
        IEnumerable<(DateTimeOffset From, DateTimeOffset To)> busy
    )
    {
        var least = TimeSpan.FromSeconds(Math.Max(60, (to - from).TotalSeconds * 0.05));
        var gaps = new List<IdleGap>();
        var end = from;
        foreach (var stretch in busy.OrderBy(b => b.From).Append((From: to, To: to)))
        {
            if (stretch.From - end > least)
                gaps.Add(new IdleGap(end, stretch.From));
            if (stretch.To > end)
                end = stretch.To;
        }
        return gaps;
    }

    /// <summary>The CSS length of a moment from the left edge.</summary>
    public string Left(DateTimeOffset at)
    {
        var (share, pixels) = Place(at);
        return Css(share, pixels);
    }

    /// <summary>The CSS length between two moments.</summary>
    public string Width(DateTimeOffset from, DateTimeOffset to)
    {
        var (leftShare, leftPixels) = Place(from);
        var (rightShare, rightPixels) = Place(to);
        return Css(rightShare - leftShare, rightPixels - leftPixels);
    }

    /// <summary>Share of the bar in 0…1 and pixels to add.</summary>
    public (double Share, double Pixels) Place(DateTimeOffset at)
    {
        var moment =
            at < From ? From
            : at > To ? To
            : at;
        double hidden = 0,
            pixels = 0;
        foreach (var gap in Folded)
        {
            if (moment <= gap.From)
                break;
            var passed = ((moment < gap.To ? moment : gap.To) - gap.From).TotalMilliseconds;
            hidden += passed;
            pixels += GapPixels * passed / gap.Length.TotalMilliseconds;
        }
        var share = ((moment - From).TotalMilliseconds - hidden) / shown;
        return (share, pixels - (share * GapPixels * Folded.Count));
    }

    /// <summary>A few even moments with their distance from the start; none inside folded gaps.</summary>
    public IReadOnlyList<(DateTimeOffset At, TimeSpan Since)> Ticks()
    {
        double[] steps =
        [
            0.1,
            0.25,
            0.5,
            1,
            2,
            5,
            10,
            15,
            30,
            60,
            120,
            300,
            600,
            900,
            1800,
            3600,
            7200,
            14400,
            21600,
            43200,
            86400,
            172800,
            604800,
        ];
        var seconds = shown / 1000;
        var every = steps.FirstOrDefault(s => seconds / s <= 6, 604800 * Math.Ceiling(seconds / 604800 / 6));
        var ticks = new List<(DateTimeOffset, TimeSpan)>();
        var from = From;
        foreach (var gap in Folded.Append(new IdleGap(To, To)))
        {
            for (var i = Math.Ceiling((from - From).TotalSeconds / every); ; i++)
            {
                var since = TimeSpan.FromSeconds(i * every);
                if (From + since > gap.From || ticks.Count > 8)
                    break;
                ticks.Add((From + since, since));
            }
            from = gap.To;
        }
        return ticks;
    }

    private static string Css(double share, double pixels)
    {
        var percent = Math.Round(share * 100, 3).ToString(CultureInfo.InvariantCulture);
        var rest = Math.Round(pixels, 1);
        return rest == 0
            ? $"{percent}%"
            : $"calc({percent}% {(rest < 0 ? '-' : '+')} {Math.Abs(rest).ToString(CultureInfo.InvariantCulture)}px)";
    }
}
