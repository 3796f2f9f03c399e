using AgentControl.Engine.Jobs;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Acting;

/// <summary>The actions of one job. A button says what it does and stays off until the server answered; the chip is not touched.</summary>
public sealed partial class JobActionBar : IDisposable
{
    private static readonly TimeSpan StillAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AdviceAfter = TimeSpan.FromSeconds(30);
    private readonly List<ITimer> timers = [];
    private string? _busy;
    private string? _note;

    [Inject]
    private JobActor Actor { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Parameter, EditorRequired]
    public JobSummary Job { get; set; } = null!;

    [Parameter]
    public EventCallback OnDone { get; set; }

    public void Dispose() => Stop();

    private string Class(string action) =>
        action switch
        {
            JobActions.Decide => "ac-btn ac-btn--main",
            JobActions.Cancel or JobActions.ForceStop => "ac-btn ac-btn--danger",
            _ => "ac-btn",
        };

    private async Task ActAsync(string action)
    {
        var target = new JobTarget(Job.Id, Job.ShortId, Job.Name, Job.Label, Job.Workspace, Job.WaitingFor?.ApprovalId);
        if (_busy is not null || await Actor.AskAsync(target, action) is not { } order)
            return;
        _busy = action;
        Say(StillAfter, "Still waiting for the server.");
        Say(AdviceAfter, "No answer for 30 s. Load the page again to see the state as it is.");
        try
        {
            await Actor.SendAsync(target, order);
        }
        finally
        {
            Stop();
            (_busy, _note) = (null, null);
        }
        await OnDone.InvokeAsync();
    }

    private void Say(TimeSpan after, string note) =>
        timers.Add(
            Clock.CreateTimer(
                _ =>
                    _ = InvokeAsync(() =>
                    {
                        if (_busy is null)
                            return;
                        _note = note;
                        StateHasChanged();
                    }),
                null,
                after,
                Timeout.InfiniteTimeSpan
            )
        );

    private void Stop()
    {
        timers.ForEach(t => t.Dispose());
        timers.Clear();
    }
}
