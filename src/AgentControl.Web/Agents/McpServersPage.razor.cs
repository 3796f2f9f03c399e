using AgentControl.Engine.Access;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace AgentControl.Web.Agents;

/// <summary>MCP servers: whether they answer, what they offer, and what changed since it was accepted.</summary>
public sealed partial class McpServersPage
{
    private static readonly Crumb[] _crumbs = [new("Agents", "/agents")];
    private IReadOnlyList<McpServerContract>? _servers;
    private bool _mayAccept;

    [Inject]
    private McpDesk Desk { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.McpServers];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var caller = await Callers.CurrentAsync(cancellationToken);
        Show(ref _mayAccept, caller?.Has(Role.Admin, Caller.Everywhere) == true);
        Show(ref _servers, await Desk.ListAsync(cancellationToken));
    }

    private static string Words(McpServerContract server) =>
        server.State switch
        {
            "ok" => "Answers",
            "changed" => "Changed since it was accepted",
            _ => "Cannot be reached",
        };

    private static string Hue(McpServerContract server) =>
        server.State switch
        {
            "ok" => "green",
            "changed" => "amber",
            _ => "red",
        };

    private static string Icon(McpServerContract server) => server.State == "ok" ? "circle-check" : "triangle-alert";

    private async Task AcceptAsync(McpServerContract server)
    {
        var question = new ConfirmRequest($"Accept the tools of {server.Name}?", "Leave it", "Accept")
        {
            Text =
                "New jobs are then told of the tools as they are now. Read what changed: a description is text that the model reads. Jobs that run keep what they began with.",
        };
        if (!await Dialogs.ConfirmAsync(question))
            return;
        // Asked anew: a role may have been taken away while the page was open.
        var caller =
            await Callers.CurrentAsync(CancellationToken.None)
            ?? throw new AccessDeniedException(Role.Admin, Caller.Everywhere);
        caller.Require(Role.Admin, Caller.Everywhere);
        var outcome = await Desk.AcceptAsync(server.Name, server.Sha256!, caller.Actor, CancellationToken.None);
        await ReloadAsync();
        await Notices.SayAsync(
            outcome.Kind switch
            {
                McpAcceptanceKind.Accepted => $"The tools of {server.Name} are accepted.",
                McpAcceptanceKind.Changed =>
                    $"Nothing was accepted: the tools of {server.Name} changed again. Look at them.",
                _ => $"Nothing was accepted: {server.Name} cannot be reached.",
            }
        );
    }
}
