using AgentControl.Engine.Steps;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Timeline;

/// <summary>What is recorded of the selected step.</summary>
public sealed partial class StepPanel
{
    private StepView? _step;

    [Inject]
    private StepQueries Steps { get; set; } = null!;

    [Parameter, EditorRequired]
    public Guid JobId { get; set; }

    [Parameter, EditorRequired]
    public string ShortId { get; set; } = "";

    [Parameter, EditorRequired]
    public string StepKey { get; set; } = "";

    /// <summary>The tries of it that failed and were followed by another.</summary>
    [Parameter]
    public IReadOnlyList<TimelineTry> Tries { get; set; } = [];

    /// <summary>The number of the try that is looked at; null, or a number that did not fail: the last one.</summary>
    [Parameter]
    public int? Attempt { get; set; }

    [Parameter]
    public EventCallback<int?> OnAttempt { get; set; }

    [Parameter]
    public EventCallback OnClose { get; set; }

    private TimelineTry? Chosen => Tries.FirstOrDefault(failed => failed.No == Attempt);

    protected override IEnumerable<string> Topics => _step?.CompletedAt is null ? [LiveTopic.Job(JobId)] : [];

    protected override object LoadKey => (JobId, StepKey);

    /// <summary>A try begins when the back-off before it is over.</summary>
    private DateTimeOffset BeganAt(TimelineTry failed) =>
        Tries.LastOrDefault(before => before.No < failed.No)?.Until ?? _step!.StartedAt;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var key = StepKey.Split('~')[0];
        if (_step?.CompletedAt is null || _step.Key != key)
            Show(ref _step, await Steps.FindAsync(JobId, key, cancellationToken));
    }
}
