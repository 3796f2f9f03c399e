namespace AgentControl.Web.Jobs.Timeline;

/// <summary>The timeline of one job: which rows are open, which is selected, what is filtered, and the scale of the bars.</summary>
public sealed class TimelineView
{
    /// <summary>Above this many events the timeline is not drawn live.</summary>
    public const int MostLiveEvents = 20_000;

    /// <summary>Rows that a fold opens at a time.</summary>
    public const int UnfoldBy = 100;

    /// <summary>The state of the row behind the shown part of a fold, and the mark behind the fold's id in its own.</summary>
    public const string More = "more";
    public const string MoreMark = "…";

    private readonly Dictionary<string, bool> open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> unfolded = new(StringComparer.Ordinal);
    private readonly HashSet<IdleGap> shownGaps = [];
    private IReadOnlyList<TimelineStep> steps = [];
    private IReadOnlyList<TimelineNode> tree = [];
    private IReadOnlyList<QueueSpan> queued = [];
    private DateTimeOffset from;
    private DateTimeOffset to;

    public bool HideIdle { get; private set; } = true;
    public bool Compact { get; private set; } = true;
    public bool ErrorsOnly { get; private set; }
    public bool QueueTime { get; private set; }
    public string Filter { get; private set; } = "";
    public string? Selected { get; private set; }
    public IReadOnlyList<TimelineRow> Rows { get; private set; } = [];
    public IReadOnlyList<TimelineMark> Marks { get; private set; } = [];
    public TimeScale Scale { get; private set; } = new(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, []);
    public bool IsEmpty => steps.Count == 0;

    /// <summary>When the job waited for a worker, while that is asked for.</summary>
    public IReadOnlyList<QueueSpan> Queued => QueueTime ? queued : [];

    /// <summary>Until when a wait for a worker is drawn.</summary>
    public DateTimeOffset End => to;

    /// <param name="now">The moment of this snapshot; null once the job has ended.</param>
    public void Update(
        IReadOnlyList<TimelineStep> journal,
        IReadOnlyList<TimelineMark> marks,
        DateTimeOffset? now,
        IReadOnlyList<QueueSpan>? inQueue = null
    )
    {
        (steps, Marks, queued) = (journal, marks, inQueue ?? []);
        if (journal.Count > 0)
        {
            from = journal.Min(s => s.StartedAt);
            var last = journal.Max(s => s.CompletedAt ?? s.StartedAt);
            to = now is { } moment ? Ahead(from, moment > last ? moment : last) : last;
        }
        Rebuild();
    }

    /// <summary>While the job runs the scale ends a little ahead, so that bars do not move with each step.</summary>
    private static DateTimeOffset Ahead(DateTimeOffset from, DateTimeOffset now)
    {
        var elapsed = (now - from).TotalSeconds;
        var grain = Math.Pow(2, Math.Max(0, Math.Floor(Math.Log2(Math.Max(1, elapsed / 6)))));
        return from.AddSeconds(Math.Ceiling(elapsed / grain) * grain);
    }

    public void SetHideIdle(bool on)
    {
        (HideIdle, _) = (on, shownGaps.RemoveWhere(_ => true));
        Draw();
    }

    public void SetCompact(bool on)
    {
        Compact = on;
        Rebuild();
    }

    public void SetErrorsOnly(bool on)
    {
        ErrorsOnly = on;
        Draw();
    }

    public void SetQueueTime(bool on)
    {
        QueueTime = on;
        Draw();
    }

    public void SetFilter(string text)
    {
        Filter = text.Trim();
        Draw();
    }

    public void ShowGap(IdleGap gap)
    {
        shownGaps.Add(gap);
        Draw();
    }

    /// <summary>Selects a row; the rows above it are opened, so that it can be seen.</summary>
    public void Select(string? id)
    {
        if (Selected == id)
            return;
        Selected = id;
        if (Reveal())
            Draw();
    }

    /// <summary>Its place among the rows; -1 where none is selected or shown.</summary>
    public int SelectedRow => Selected is null ? -1 : Rows.ToList().FindIndex(r => r.Id == Selected);

    public void SetOpen(string id, bool isOpen)
    {
        open[id] = isOpen;
        Draw();
    }

    public void SetAllOpen(bool isOpen)
    {
        foreach (var node in All(tree))
            open[node.Id] = isOpen;
        Draw();
    }

    /// <summary>Shows the next rows of an open fold.</summary>
    public void ShowMore(string id)
    {
        unfolded[id] = unfolded.GetValueOrDefault(id, UnfoldBy) + UnfoldBy;
        Draw();
    }

    public TimelineStep? SelectedStep => SelectedNode?.Step;

    /// <summary>What is selected, where that is no step.</summary>
    public TimelineScope? SelectedScope =>
        SelectedNode is { Step: null } node
            ? new(
                node.Label,
                node.State,
                node.Steps().Count(),
                node.Steps().Count(s => s.State == "failed"),
                node.StartedAt,
                node.EndedAt
            )
            : null;

    private TimelineNode? SelectedNode => Selected is null ? null : All(tree).FirstOrDefault(n => n.Id == Selected);

    private void Rebuild()
    {
        var wasEmpty = tree.Count == 0;
        tree = TimelineTree.Build(steps, Compact);
        if (wasEmpty)
            Reveal();
        Draw();
    }

    /// <summary>True when a row had to be opened.</summary>
    private bool Reveal()
    {
        if (Selected is null || Rows.Any(r => r.Id == Selected))
            return false;
        var changed = false;
        var above = tree;
        while (above.FirstOrDefault(n => All(n.Children).Any(c => c.Id == Selected)) is { } node)
        {
            changed = open[node.Id] = true;
            var place = node.Children.FindIndex(c => All([c]).Any(n => n.Id == Selected));
            if (node.IsFold && place >= unfolded.GetValueOrDefault(node.Id, UnfoldBy))
                unfolded[node.Id] = (place / UnfoldBy + 1) * UnfoldBy;
            above = node.Children;
        }
        return changed;
    }

    private void Draw()
    {
        var start = Queued.Select(q => q.From).Append(from).Min();
        var busy = steps.SelectMany(s => s.Busy(to)).Concat(Queued.Select(q => (q.From, q.To ?? to)));
        var gaps = HideIdle ? TimeScale.Gaps(start, to, busy) : [];
        Scale = new TimeScale(start, to, [.. gaps.Where(g => !shownGaps.Contains(g))]);
        var rows = new List<TimelineRow>();
        foreach (var node in tree)
            Draw(node, 0, rows);
        Rows = rows;
    }

    private void Draw(TimelineNode node, int depth, List<TimelineRow> rows)
    {
        if (!Kept(node))
            return;
        var isOpen =
            node.Children.Count > 0 && (open.TryGetValue(node.Id, out var asked) ? asked : !node.IsFold || IsFiltered);
        rows.Add(Row(node, depth, isOpen));
        if (!isOpen)
            return;
        var limit = node.IsFold ? unfolded.GetValueOrDefault(node.Id, UnfoldBy) : int.MaxValue;
        var kept = node.Children.Where(Kept).ToList();
        foreach (var child in kept.Take(limit))
            Draw(child, depth + 1, rows);
        if (kept.Count > limit)
            rows.Add(MoreRow(node, depth + 1, kept.Count - limit));
    }

    private TimelineRow Row(TimelineNode node, int depth, bool isOpen) =>
        new(
            node.Id,
            node.Label,
            depth,
            node.Children.Count > 0,
            isOpen,
            node.State,
            node.Step?.Kind,
            node.Step?.Error,
            node.Times,
            node.IsFold ? node.Steps().Count(s => s.State == "failed") : 0,
            node.StartedAt,
            node.EndedAt - node.StartedAt,
            TimelineBars.Of(node, Scale, to)
        );

    /// <summary>The row behind the shown part of a fold; <see cref="ShowMore"/> takes its id without the mark.</summary>
    private static TimelineRow MoreRow(TimelineNode node, int depth, int left) =>
        new(
            node.Id + MoreMark,
            $"{left} more",
            depth,
            false,
            false,
            More,
            null,
            null,
            left,
            0,
            node.StartedAt,
            null,
            []
        );

    private bool IsFiltered => ErrorsOnly || Filter.Length > 0;

    private bool Kept(TimelineNode node) =>
        !IsFiltered
        || node.Children.Any(Kept)
        || (
            (!ErrorsOnly || node.Step is { State: "failed" or "superseded" } || node.Step is { Tries.Count: > 0 })
            && (
                Filter.Length == 0
                || node.Label.Contains(Filter, StringComparison.OrdinalIgnoreCase)
                || node.Id.Contains(Filter, StringComparison.OrdinalIgnoreCase)
            )
            && node.Step is not null
        );

    private static IEnumerable<TimelineNode> All(IEnumerable<TimelineNode> nodes) =>
        nodes.SelectMany(n => All(n.Children).Prepend(n));
}
