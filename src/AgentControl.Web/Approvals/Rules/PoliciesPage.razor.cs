using AgentControl.Engine.Access;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Approvals.Policies;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace AgentControl.Web.Approvals.Rules;

/// <summary>Makes, changes and deletes the policies of approvals; its lower half holds the standing rules.</summary>
public sealed partial class PoliciesPage
{
    private static readonly Dictionary<string, string[]> _none = new(StringComparer.Ordinal);
    private IReadOnlyList<ApprovalPolicy>? _policies;
    private IReadOnlyList<string> _agents = [];
    private IReadOnlyDictionary<string, string[]> _errors = _none;
    private ScopeForm _scope = new();
    private TermsForm _terms = new();
    private ApprovalPolicy? _edited;
    private bool _busy;

    [Inject]
    private ApprovalPolicies Book { get; set; } = null!;

    [Inject]
    private AgentCatalog Catalog { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        _agents = [.. Catalog.All.Select(a => a.Name).Order(StringComparer.Ordinal)];
        _policies = await Book.ListAsync(cancellationToken);
        StateHasChanged();
    }

    private void Edit(ApprovalPolicy policy)
    {
        Clear();
        (_edited, _terms) = (policy, TermsForm.Of(policy.Terms));
    }

    private void Clear() => (_edited, _terms, _scope, _errors) = (null, new(), new(), _none);

    private async Task SaveAsync()
    {
        var scope = _edited?.Scope ?? _scope.Read();
        _errors = _none;
        if (_terms.Read(isPolicy: true) is not { } terms)
            return;
        if (_edited is null && _policies?.Any(p => Same(p.Scope, scope)) == true)
        {
            _errors = new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["agent"] = ["There is a policy for this already. Edit that one."],
            };
            return;
        }
        _busy = true;
        try
        {
            var isNew = _edited is null;
            switch (await Book.SaveAsync(scope, terms, await CallerAsync(), CancellationToken.None))
            {
                case PolicyOutcome<ApprovalPolicy>.Invalid invalid:
                    _errors = invalid.Errors;
                    break;
                case PolicyOutcome<ApprovalPolicy>.Saved saved:
                    Clear();
                    await ReloadAsync();
                    await Notices.SayAsync($"{(isNew ? "Made" : "Saved")} the policy for {saved.Value.Scope}.");
                    break;
            }
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task DeleteAsync(ApprovalPolicy policy)
    {
        var question = new ConfirmRequest($"Delete the policy for {policy.Scope}?", "Keep policy", "Delete policy")
        {
            Text = "What waits already keeps its terms. New requests are asked as their agent and their job say.",
        };
        if (!await Dialogs.ConfirmAsync(question))
            return;
        await Book.DeleteAsync(policy.Id, await CallerAsync(), CancellationToken.None);
        Clear();
        await ReloadAsync();
        await Notices.SayAsync($"Deleted the policy for {policy.Scope}.");
    }

    private static bool Same(ApprovalScope one, ApprovalScope other) =>
        (one.Agent ?? "", one.Action ?? "", one.Workspace ?? "")
        == ((other.Agent ?? "").Trim(), (other.Action ?? "").Trim(), (other.Workspace ?? "").Trim());

    private async ValueTask<Caller> CallerAsync() =>
        await Callers.CurrentAsync(CancellationToken.None)
        ?? throw new AccessDeniedException(Role.Admin, Caller.Everywhere);
}
