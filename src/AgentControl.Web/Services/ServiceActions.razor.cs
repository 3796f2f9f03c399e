using AgentControl.Engine.Access;
using AgentControl.Engine.Services;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace AgentControl.Web.Services;

/// <summary>What an admin may do to a circuit. Each asks first.</summary>
public sealed partial class ServiceActions
{
    [Parameter, EditorRequired]
    public ServiceView Service { get; set; } = null!;

    /// <summary>Only what a row of the list has room for.</summary>
    [Parameter]
    public bool Short { get; set; }

    [Parameter]
    public EventCallback OnDone { get; set; }

    [Inject]
    private ServiceCommands Commands { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    private string State => CircuitLook.Of(Service.Circuit).Words;

    private async Task TestAsync()
    {
        var question = new ConfirmRequest($"Test {Service.Name} now?", "Wait", "Test now")
        {
            Text =
                $"Now: {State}. The next call may go, and the branch that waits longest makes it now. Where it succeeds, the others follow along a ramp.",
        };
        if (!await Dialogs.ConfirmAsync(question))
            return;
        var may = await Commands.TestAsync(Service.Name, await ActorAsync(), CancellationToken.None);
        await DoneAsync(may ? $"The next call tries {Service.Name}." : $"Calls to {Service.Name} go already.");
    }

    private async Task ResetAsync()
    {
        var question = new ConfirmRequest($"Reset the circuit of {Service.Name}?", "Leave it alone", "Reset circuit")
        {
            Text = $"Now: {State}. It will become: closed. The branches that wait go along a ramp, the first at once.",
        };
        if (!await Dialogs.ConfirmAsync(question))
            return;
        await Commands.ResetAsync(Service.Name, await ActorAsync(), CancellationToken.None);
        await DoneAsync($"The circuit of {Service.Name} is closed.");
    }

    private async Task BlockAsync()
    {
        if (await BlockDialog.AskAsync(Dialogs, Service.Name) is not { } block)
            return;
        await Commands.BlockAsync(Service.Name, block.Length, block.Reason, await ActorAsync(), CancellationToken.None);
        await DoneAsync($"{Service.Name} is blocked.");
    }

    private async Task DoneAsync(string said)
    {
        await OnDone.InvokeAsync();
        await Notices.SayAsync(said);
    }

    // Asked anew at each action: a role may have been taken away while the page was open.
    private async Task<Actor> ActorAsync()
    {
        var caller =
            await Callers.CurrentAsync(CancellationToken.None)
            ?? throw new AccessDeniedException(Role.Admin, Caller.Everywhere);
        caller.Require(Role.Admin, Caller.Everywhere);
        return caller.Actor;
    }
}
