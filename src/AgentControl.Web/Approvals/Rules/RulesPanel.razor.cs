using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals.Policies;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace AgentControl.Web.Approvals.Rules;

/// <summary>Makes and revokes standing rules. A suggestion of the inbox fills the form by the address.</summary>
public sealed partial class RulesPanel
{
    private static readonly (int Hours, string Said)[] Times =
    [
        (1, "for 1 hour"),
        (8, "for 8 hours"),
        (24, "for 1 day"),
        (168, "for 7 days"),
        (720, "for 30 days"),
        (0, "until it is revoked"),
    ];

    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
    private IReadOnlyList<StandingRule>? _rules;
    private ScopeForm _scope = new();
    private string _decision = "approve";
    private string _reason = "";
    private int _hours = 1;
    private bool _busy;

    [Inject]
    private StandingRules Rules { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Parameter, EditorRequired]
    public IReadOnlyList<string> Agents { get; set; } = [];

    [SupplyParameterFromQuery(Name = "agent")]
    private string? Agent { get; set; }

    [SupplyParameterFromQuery(Name = "action")]
    private string? Action { get; set; }

    [SupplyParameterFromQuery(Name = "workspace")]
    private string? Workspace { get; set; }

    [SupplyParameterFromQuery(Name = "decision")]
    private string? Decision { get; set; }

    protected override IEnumerable<string> Topics => [LiveTopic.Approvals];

    /// <summary>The address of the form, filled for a suggestion.</summary>
    internal static string Address(RuleSuggestion suggestion) =>
        "/settings/policies?agent="
        + Uri.EscapeDataString(suggestion.Scope.Agent ?? "")
        + "&action="
        + Uri.EscapeDataString(suggestion.Scope.Action ?? "")
        + "&workspace="
        + Uri.EscapeDataString(suggestion.Scope.Workspace ?? "")
        + "&decision="
        + suggestion.Decision;

    protected override void OnInitialized()
    {
        if (Agent is null)
            return;
        _scope = new ScopeForm
        {
            Agent = Agent,
            Action = Action ?? "",
            Workspace = Workspace ?? "",
        };
        _decision = Decision == "reject" ? "reject" : "approve";
    }

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        _rules = await Rules.ListAsync(cancellationToken);
        StateHasChanged();
    }

    private async Task MakeAsync()
    {
        var scope = _scope.Read();
        var lasts = Times.First(t => t.Hours == _hours).Said;
        if (!string.IsNullOrEmpty(scope.Agent) && _reason.Trim().Length > 0 && !await SureAsync(scope, lasts))
            return;
        _busy = true;
        try
        {
            var outcome = await Rules.MakeAsync(
                scope,
                _decision,
                _reason,
                _hours == 0 ? null : TimeSpan.FromHours(_hours),
                await CallerAsync(),
                CancellationToken.None
            );
            if (outcome is PolicyOutcome<StandingRule>.Invalid invalid)
            {
                _errors = invalid.Errors;
                return;
            }
            _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
            (_scope, _reason) = (new(), "");
            await ReloadAsync();
            await Notices.SayAsync($"The rule holds {lasts}.");
        }
        finally
        {
            _busy = false;
        }
    }

    private Task<bool> SureAsync(ApprovalScope scope, string lasts) =>
        Dialogs.ConfirmAsync(
            new ConfirmRequest(
                $"{(_decision == "approve" ? "Approve" : "Reject")} without a person?",
                "Ask people",
                "Make rule"
            )
            {
                Text =
                    $"Requests for {scope} are {(_decision == "approve" ? "approved" : "rejected")} as soon as they are asked, {lasts}. What waits now stays with people.",
            }
        );

    private async Task RevokeAsync(StandingRule rule)
    {
        var question = new ConfirmRequest($"Revoke the rule for {rule.Scope}?", "Keep rule", "Revoke rule")
        {
            Text = "From now on people decide these requests again.",
        };
        if (!await Dialogs.ConfirmAsync(question))
            return;
        await Rules.RevokeAsync(rule.Id, await CallerAsync(), CancellationToken.None);
        await ReloadAsync();
        await Notices.SayAsync("Revoked. People decide again.");
    }

    private async ValueTask<Caller> CallerAsync() =>
        await Callers.CurrentAsync(CancellationToken.None)
        ?? throw new AccessDeniedException(Role.Admin, Caller.Everywhere);
}
