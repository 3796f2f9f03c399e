using AgentControl.Core.Jobs;

namespace AgentControl.Web.Jobs.List;

/// <summary>What the search box offers while a person types.</summary>
internal static class JobSuggestions
{
    public static IReadOnlyList<string> For(IReadOnlyList<string> agents) =>
        [
            .. agents.Select(a => $"agent:{a}"),
            .. JobLabel.All.Select(l => $"label:{l}"),
            "owner:me",
            "older:1h",
            "older:1d",
            "queue:default",
            "error:",
            "failure:unresolved",
            "cost:>1",
            "tag:",
        ];
}
