namespace AgentControl.Web.Jobs.Timeline;

/// <summary>One row of the tree: a step, a scope with steps below it, or many like-named rows folded into one.</summary>
internal sealed class TimelineNode(string id, string label)
{
    /// <summary>The key or the scope path: stable while the job goes on.</summary>
    public string Id { get; } = id;
    public string Label { get; } = label;
    public TimelineStep? Step { get; set; }
    public List<TimelineNode> Children { get; } = [];

    /// <summary>Its place in a loop; items are listed in this order, whenever they began.</summary>
    public int? Index { get; init; }

    /// <summary>Rows that this one stands for.</summary>
    public int Times { get; set; }

    public bool IsFold => Times > 0;

    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>Null while something below still runs.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>running, failed, waiting or completed: the loudest below.</summary>
    public string State { get; private set; } = "completed";

    public IEnumerable<TimelineStep> Steps() =>
        Step is { } own ? Children.SelectMany(c => c.Steps()).Prepend(own) : Children.SelectMany(c => c.Steps());

    /// <summary>Fills in times and states from the leaves up.</summary>
    public void Settle()
    {
        foreach (var child in Children)
            child.Settle();
        var starts = Children.Select(c => c.StartedAt);
        var ends = Children.Select(c => c.EndedAt);
        if (Step is { } own)
        {
            starts = starts.Append(own.StartedAt);
            ends = ends.Append(own.CompletedAt);
        }
        StartedAt = starts.DefaultIfEmpty().Min();
        EndedAt = ends.Any(e => e is null) ? null : ends.Max();
        State = Loudest([
            .. Children.Select(c => c.State),
            .. Step is { } step ? [StateOf(step)] : Array.Empty<string>(),
        ]);
    }

    private static string StateOf(TimelineStep step) =>
        step.State switch
        {
            "running" when step.IsWait => "waiting",
            "superseded" => "failed",
            var state => state,
        };

    private static string Loudest(IReadOnlyCollection<string> states) =>
        ((string[])["running", "waiting", "failed"]).FirstOrDefault(states.Contains) ?? "completed";
}
