using AgentControl.Engine.Anomalies;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Anomalies;

/// <summary>What is unusual in all jobs that the caller may see, one line for each trouble.</summary>
public sealed partial class OddNow
{
    private const int Most = 6;
    private static readonly TimeSpan Recently = TimeSpan.FromDays(1);
    private IReadOnlyList<AnomalyGroup>? _groups;
    private bool _whole;

    [Inject]
    private AnomalyQueries Queries { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Anomalies];

    private int Hidden => _whole ? 0 : Math.Max(0, (_groups?.Count ?? 0) - Most);

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var caller = await Callers.CurrentAsync(cancellationToken);
        var all = await Queries.NewestAsync(caller is null ? [] : caller.Workspaces, Recently, cancellationToken);
        ShowRows(ref _groups, all);
    }
}
