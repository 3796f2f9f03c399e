namespace AgentControl.Engine.Live;

/// <summary>Which event numbers of a job were seen, as a few ranges; nearly always a single one.</summary>
internal sealed class NumberRanges
{
    private readonly List<(long From, long To)> ranges = [];

    /// <summary>When a number came last, on the monotonic clock.</summary>
    public long TouchedAt { get; private set; }

    /// <summary>Adds a number; false where it was there already.</summary>
    public bool Add(long number, long now)
    {
        TouchedAt = now;
        var at = ranges.FindIndex(r => r.To >= number - 1);
        if (at < 0)
        {
            ranges.Add((number, number));
            return true;
        }
        var (from, to) = ranges[at];
        if (number >= from && number <= to)
            return false;
        if (number == to + 1)
            ranges[at] = (from, number);
        else if (number == from - 1)
            ranges[at] = (number, to);
        else
        {
            ranges.Insert(at, (number, number));
            return true;
        }
        Join(at);
        return true;
    }

    private void Join(int at)
    {
        if (at + 1 < ranges.Count && ranges[at].To + 1 >= ranges[at + 1].From)
        {
            ranges[at] = (ranges[at].From, ranges[at + 1].To);
            ranges.RemoveAt(at + 1);
        }
    }
}
