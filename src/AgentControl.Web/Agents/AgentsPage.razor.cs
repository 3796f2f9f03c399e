using AgentControl.Core.Agents;
using AgentControl.Engine.Access;
using AgentControl.Engine.Agents;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Agents;

/// <summary>Every agent, and how its jobs go.</summary>
public sealed partial class AgentsPage
{
    private bool _mayDefine;
    private IReadOnlyList<(AgentDefinition Agent, AgentNumbers Numbers)>? _agents;
    private IReadOnlyList<RetiredAssistant>? _retired;

    [Inject]
    private AgentCatalog Catalog { get; set; } = null!;

    [Inject]
    private AgentQueries Queries { get; set; } = null!;

    [Inject]
    private RetiredAssistants Retired { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Jobs];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var caller = await Callers.CurrentAsync(cancellationToken);
        Show(ref _mayDefine, caller?.Has(Role.Admin, Caller.Everywhere) == true);
        ShowRows(ref _retired, _mayDefine ? await Retired.ListAsync(cancellationToken) : []);
        var numbers = await Queries.NumbersAsync(null, cancellationToken);
        Show(
            ref _agents,
            [
                .. Catalog
                    .All.OrderBy(a => a.Internal)
                    .ThenBy(a => a.Name, StringComparer.Ordinal)
                    .Select(a => (a, numbers.GetValueOrDefault(a.Name) ?? AgentNumbers.None(a.Name))),
            ]
        );
    }
}
