using AgentControl.Engine.Jobs;
using AgentControl.Engine.Metrics;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Metrics;

/// <summary>The jobs behind a point: state, link, duration and why they count.</summary>
public sealed partial class TrendRuns
{
    private const int Most = 50;
    private MetricRuns? _runs;
    private ElementReference _head;
    private object? _focused;

    [Parameter, EditorRequired]
    public string Metric { get; set; } = "";

    [Parameter, EditorRequired]
    public DateTimeOffset From { get; set; }

    [Parameter, EditorRequired]
    public DateTimeOffset To { get; set; }

    [Parameter]
    public string? Agent { get; set; }

    [Parameter]
    public string? Service { get; set; }

    [Parameter]
    public EventCallback OnClose { get; set; }

    [Inject]
    private MetricRunQueries Queries { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    protected override object? LoadKey => (Metric, From, To, Agent, Service);

    /// <summary>The same jobs in their list: by their end, or where that says nothing, one by one.</summary>
    private string ListHref =>
        "/jobs?q="
        + Uri.EscapeDataString(
            JobSearch.ToText(
                Metric is MetricWords.Completion or MetricWords.Duration
                    ? new()
                    {
                        Agent = Agent,
                        TopLevel = true,
                        States = ["succeeded", "failed"],
                        EndedFrom = From,
                        EndedBefore = To,
                    }
                    : new() { Ids = [.. _runs!.Items.Select(run => run.ShortId)] }
            )
        );

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var caller = await Callers.CurrentAsync(cancellationToken);
        var scope = new MetricScope(new(From, To), Agent, caller is null ? [] : caller.Workspaces);
        Show(
            ref _runs,
            await Queries.BehindAsync(Metric, scope, Service is null ? null : [Service], Most, cancellationToken)
        );
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await base.OnAfterRenderAsync(firstRender);
        if (Equals(_focused, LoadKey))
            return;
        _focused = LoadKey;
        await _head.FocusAsync(preventScroll: false);
    }
}
