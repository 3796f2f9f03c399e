using AgentControl.Engine.Access;
using AgentControl.Engine.Workers;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace AgentControl.Web.Queues;

/// <summary>What people do to a worker: drain it, let it take jobs again, forget one that is gone.</summary>
public sealed partial class WorkerActions
{
    private bool _busy;

    [Inject]
    private WorkerCommands Workers { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Parameter, EditorRequired]
    public WorkerView Worker { get; set; } = null!;

    /// <summary>Why the person may not; null where they may.</summary>
    [Parameter]
    public string? Lock { get; set; }

    [Parameter]
    public EventCallback OnDone { get; set; }

    private async Task DrainAsync(bool draining)
    {
        var question = new ConfirmRequest($"Drain {Worker.Name}?", "Keep it working", "Drain it")
        {
            Text =
                $"It takes no more jobs. {Formats.Count(Worker.Running, "job")} that it runs {(Worker.Running == 1 ? "goes" : "go")} on in another worker behind the present step; without another worker they wait.",
        };
        if (draining && !await Dialogs.ConfirmAsync(question))
            return;
        await TellAsync(
            caller => Workers.DrainAsync(Worker.Name, draining, caller.Actor),
            draining ? $"{Worker.Name} takes no more jobs." : $"{Worker.Name} takes jobs again.",
            $"{Worker.Name} is not alive any more."
        );
    }

    private async Task ForgetAsync()
    {
        var question = new ConfirmRequest($"Forget {Worker.Name}?", "Keep it in the list", "Forget it")
        {
            Text =
                "It goes from this list. The jobs that it held are taken up by others; if it was only silent, it comes back with its next sign of life.",
        };
        if (await Dialogs.ConfirmAsync(question))
            await TellAsync(
                caller => Workers.ForgetAsync(Worker.Name, caller.Actor),
                $"{Worker.Name} is forgotten.",
                $"{Worker.Name} is alive again."
            );
    }

    private async Task TellAsync(Func<Caller, Task<WorkerResult>> act, string done, string refused)
    {
        if (await Callers.CurrentAsync(CancellationToken.None) is not { } caller)
            return;
        caller.Require(Role.Operator, Caller.Everywhere);
        _busy = true;
        try
        {
            var result = await act(caller);
            if (result == WorkerResult.Done)
                await Notices.SayAsync(done);
            else
                await Notices.ProblemAsync(
                    result == WorkerResult.Refused ? refused : $"{Worker.Name} is not in the list any more."
                );
        }
        finally
        {
            _busy = false;
        }
        await OnDone.InvokeAsync();
    }
}
