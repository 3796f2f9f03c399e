using System.Globalization;
using AgentControl.Engine.Access;
using AgentControl.Engine.Services;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace AgentControl.Web.Services;

/// <summary>Circuits of services, and how their calls went; admins reset and block.</summary>
public sealed partial class ServicesPage
{
    private IReadOnlyList<ServiceView>? _services;
    private bool _mayChange;

    [Inject]
    private ServiceQueries Queries { get; set; } = null!;

    [Inject]
    private ServiceCommands Commands { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    // A circuit changes by what jobs meet, and is told in the log of one of them.
    protected override IEnumerable<string> Topics => [LiveTopic.Jobs];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var caller = await Callers.CurrentAsync(cancellationToken);
        Show(ref _mayChange, caller?.Has(Role.Admin, Caller.Everywhere) == true);
        ShowRows(ref _services, await Queries.ListAsync(cancellationToken));
    }

    private static string Trouble(ServiceView service) =>
        service.Calls == 0
            ? "–"
            : string.Create(CultureInfo.InvariantCulture, $"{100.0 * service.Failures / service.Calls:0.#} %");

    private async Task ResetAsync(ServiceView service)
    {
        var question = new ConfirmRequest($"Reset the circuit of {service.Name}?", "Leave it alone", "Reset circuit")
        {
            Text =
                $"Now: {CircuitLook.Of(service.Circuit).Words}. It will become: closed. The branches that wait go along a ramp, the first at once.",
        };
        if (!await Dialogs.ConfirmAsync(question))
            return;
        await Commands.ResetAsync(service.Name, await ActorAsync(), CancellationToken.None);
        await ReloadAsync();
        await Notices.SayAsync($"The circuit of {service.Name} is closed.");
    }

    private async Task BlockAsync(ServiceView service)
    {
        if (await BlockDialog.AskAsync(Dialogs, service.Name) is not { } block)
            return;
        await Commands.BlockAsync(service.Name, block.Length, block.Reason, await ActorAsync(), CancellationToken.None);
        await ReloadAsync();
        await Notices.SayAsync($"{service.Name} is blocked.");
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
