namespace AgentControl.Web.Jobs.Tail;

/// <summary>The live tail of one job: a window of lines, what is filtered, and whether it follows the end.</summary>
internal sealed class TailView
{
    /// <summary>The most lines that a circuit holds; older ones are read again when they are asked for.</summary>
    public const int Most = 5_000;

    private readonly List<TailLine> lines = [];
    private readonly List<TailPause> pauses = [];
    private List<TailLine> shown = [];
    private bool stale = true;

    /// <summary>How many of the new lines are held, at the end of the list.</summary>
    private int heldNew;
    private DateTimeOffset pausedAt;
    private long firstMissed;

    public bool Follow { get; private set; } = true;

    /// <summary>Lines that came since it stopped following.</summary>
    public int New { get; private set; }

    public string Text { get; private set; } = "";
    public string Level { get; private set; } = "";
    public string Kind { get; private set; } = "";
    public string? Step { get; private set; }

    /// <summary>The number of the last line read; the next read starts behind it.</summary>
    public long LastNo { get; private set; }

    /// <summary>Older lines exist in the log.</summary>
    public bool HasOlder => lines.Count > 0 && lines[0].No > 1;

    public long FirstNo => lines.Count == 0 ? 0 : lines[0].No;

    public bool IsEmpty => lines.Count == 0;

    public bool IsFiltered => Text.Length > 0 || Level.Length > 0 || Kind.Length > 0 || Step is not null;

    /// <summary>The lines to draw. While it does not follow, nothing is added: what is read does not move.</summary>
    public IReadOnlyList<TailLine> Shown
    {
        get
        {
            if (stale)
            {
                shown = [.. lines.Take(lines.Count - heldNew).Where(Matches)];
                stale = false;
            }
            return shown;
        }
    }

    /// <summary>The lines to draw, with a marker where somebody stopped following and lines came meanwhile.</summary>
    public IEnumerable<TailLine> Marked
    {
        get
        {
            var before = 0L;
            foreach (var line in Shown)
            {
                foreach (var pause in pauses.Where(p => p.FirstNo > before && p.FirstNo <= line.No))
                    yield return TailLine.Marker(pause, FirstNo);
                before = line.No;
                yield return line;
            }
        }
    }

    /// <summary>Takes lines behind the last one; lines that are already here are passed over.</summary>
    public bool Append(IReadOnlyList<TailLine> next)
    {
        var fresh = next.Where(l => l.No > LastNo).ToList();
        if (fresh.Count == 0)
            return false;
        lines.AddRange(fresh);
        LastNo = fresh[^1].No;
        if (!Follow)
        {
            New += fresh.Count;
            heldNew += fresh.Count;
        }
        Trim();
        stale = Follow || stale;
        return true;
    }

    /// <summary>Lines before the first one, oldest first.</summary>
    public void Prepend(IReadOnlyList<TailLine> older)
    {
        lines.InsertRange(0, [.. older.Where(l => lines.Count == 0 || l.No < lines[0].No)]);
        if (lines.Count > Most)
            lines.RemoveRange(Most, lines.Count - Most);
        stale = true;
    }

    public void StopFollowing(DateTimeOffset now)
    {
        if (!Follow)
            return;
        (pausedAt, firstMissed) = (now, LastNo + 1);
        _ = Shown;
        Follow = false;
    }

    /// <summary>Goes to the end. True when lines were dropped meanwhile and the tail must be read anew.</summary>
    public bool StartFollowing(DateTimeOffset now)
    {
        if (New > 0)
            pauses.Add(new(firstMissed, New, pausedAt, now));
        var gap = lines.Count > 0 && lines[^1].No < LastNo;
        (Follow, New, heldNew, stale) = (true, 0, 0, true);
        if (gap)
        {
            lines.Clear();
            LastNo = 0;
        }
        return gap;
    }

    /// <summary>Lines being read stay where they are: without following, the newest go and are read again by "n new".</summary>
    private void Trim()
    {
        var surplus = lines.Count - Most;
        if (surplus <= 0)
            return;
        if (Follow)
        {
            lines.RemoveRange(0, surplus);
            return;
        }
        var dropped = Math.Min(surplus, heldNew);
        lines.RemoveRange(lines.Count - dropped, dropped);
        heldNew -= dropped;
    }

    public void SetText(string text) => Set(() => Text = text.Trim());

    public void SetLevel(string level) => Set(() => Level = level);

    public void SetKind(string kind) => Set(() => Kind = kind);

    public void SetStep(string? step) => Set(() => Step = string.IsNullOrEmpty(step) ? null : step);

    public void ClearFilter() => Set(() => (Text, Level, Kind, Step) = ("", "", "", null));

    private void Set(Action change)
    {
        change();
        stale = true;
    }

    private bool Matches(TailLine line) =>
        (Level.Length == 0 || line.Level == Level || (Level == "warning" && line.Level == "error"))
        && (Kind.Length == 0 || line.Kind == Kind)
        && (Step is null || line.Step == Step)
        && (
            Text.Length == 0
            || line.Message.Contains(Text, StringComparison.OrdinalIgnoreCase)
            || line.Type.Contains(Text, StringComparison.OrdinalIgnoreCase)
            || (line.Step?.Contains(Text, StringComparison.OrdinalIgnoreCase) ?? false)
        );
}
