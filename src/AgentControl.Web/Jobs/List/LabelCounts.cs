using AgentControl.Engine.Jobs;

namespace AgentControl.Web.Jobs.List;

/// <summary>One count above the list; choosing it filters by its label.</summary>
internal sealed record LabelCount(string? Label, long? Count, bool Chosen, string Href);

/// <summary>The counts above the list, made from the counts and the present search.</summary>
internal static class LabelCounts
{
    /// <summary>Always shown, also at zero: people look for them.</summary>
    private static readonly string[] Always = ["running", "needs_approval", "failed", "paused"];

    /// <summary>The order in which people look: what needs them, what moves, what ended.</summary>
    private static readonly string[] Order =
    [
        "running",
        "needs_approval",
        "failed",
        "paused",
        "queued",
        "waiting",
        "retrying",
        "recovering",
        "scheduled",
        "pausing",
        "cancelling",
        "timed_out",
        "rejected",
        "completed",
        "cancelled",
    ];

    /// <summary>While they are counted: the links that are always there, without their numbers.</summary>
    public static IReadOnlyList<LabelCount> Unknown(JobsAddress address) =>
        Of(null, address, JobSearch.Parse(address.Query).Filter);

    public static IReadOnlyList<LabelCount> Of(JobCountsView? counts, JobsAddress address, JobFilter filter)
    {
        string Href(IReadOnlyList<string> labels) =>
            address
                .Search(JobSearch.ToText(JobSearch.Parse(address.Query).Filter with { States = [], Labels = labels }))
                .Href;
        var all = new LabelCount(null, counts?.Total, filter.Labels.Count == 0 && filter.States.Count == 0, Href([]));
        return
        [
            all,
            .. Order
                .Select(label =>
                    (label, count: counts?.ByLabel.GetValueOrDefault(label), chosen: filter.Labels.Contains(label))
                )
                .Where(c => c.count > 0 || c.chosen || Always.Contains(c.label))
                .Select(c => new LabelCount(c.label, c.count, c.chosen, Href(c.chosen ? [] : [c.label]))),
        ];
    }
}
