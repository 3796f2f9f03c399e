using AgentControl.Engine.Access;
using AgentControl.Engine.Notifications;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace AgentControl.Web.Notifications;

/// <summary>Makes, changes, switches and deletes rules. Which one is open stands in the address.</summary>
public sealed partial class RulesPanel
{
    private const string Page = "/settings/notifications";
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
    private IReadOnlyList<NotificationRuleView>? _rules;
    private (string? Rule, RuleForm? Form) _open;
    private bool _busy;

    [Inject]
    private NotificationRules Rules { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Parameter, EditorRequired]
    public IReadOnlyList<NotificationChannelView> Channels { get; set; } = [];

    /// <summary>The rule that is open: its id, or new.</summary>
    [Parameter]
    public string? Rule { get; set; }

    protected override object? LoadKey => Rule;

    private RuleForm? Form => _open.Rule == Rule ? _open.Form : null;

    private bool ToPeople => Channels.Any(c => c.Name == Form?.Channel && c.Type == "email");

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        ShowRows(ref _rules, await Rules.ListAsync(cancellationToken));
        if (_open.Rule == Rule)
            return;
        _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        _open = (
            Rule,
            Rule == "new" ? new RuleForm()
            : _rules!.FirstOrDefault(r => r.Id.ToString() == Rule) is { } rule ? RuleForm.Of(rule)
            : null
        );
    }

    private async Task SaveAsync()
    {
        _busy = true;
        try
        {
            var outcome = await Rules.SaveAsync(
                Guid.TryParse(Rule, out var id) ? id : null,
                Form!.Read(ToPeople),
                await CallerAsync(),
                CancellationToken.None
            );
            if (outcome is NotificationOutcome<NotificationRuleView>.Invalid invalid)
            {
                _errors = invalid.Errors;
                return;
            }
        }
        finally
        {
            _busy = false;
        }
        Navigation.NavigateTo(Page);
        await Notices.SayAsync("The rule holds from the next news on.");
    }

    private async Task SwitchAsync(NotificationRuleView rule)
    {
        var form = RuleForm.Of(rule);
        form.Enabled = !rule.Enabled;
        var outcome = await Rules.SaveAsync(
            rule.Id,
            form.Read(toPeople: rule.Tell.Count > 0),
            await CallerAsync(),
            CancellationToken.None
        );
        await ReloadAsync();
        await Notices.SayAsync(
            outcome is NotificationOutcome<NotificationRuleView>.Invalid invalid
                ? invalid.Errors.First().Value[0]
                : $"The rule is {(form.Enabled ? "on" : "off")}."
        );
    }

    private async Task DeleteAsync(NotificationRuleView rule)
    {
        var question = new ConfirmRequest("Delete the rule?", "Keep rule", "Delete rule")
        {
            Text = $"{NotificationWords.Rule(rule)}. What waits already is still sent.",
        };
        if (!await Dialogs.ConfirmAsync(question))
            return;
        await Rules.DeleteAsync(rule.Id, await CallerAsync(), CancellationToken.None);
        await ReloadAsync();
        await Notices.SayAsync("The rule is deleted.");
    }

    private RenderFragment Error(string field) =>
        builder =>
        {
            var wrong = _errors.TryGetValue(field, out var why);
            builder.OpenElement(0, "span");
            builder.AddAttribute(
                1,
                "id",
                $"rule-{field.Replace("every", "", StringComparison.Ordinal).ToLowerInvariant()}-e"
            );
            builder.AddAttribute(2, "class", "ac-error");
            builder.AddAttribute(3, "role", "alert");
            builder.AddAttribute(4, "hidden", !wrong);
            builder.AddContent(5, wrong ? string.Join(' ', why!) : "");
            builder.CloseElement();
        };

    private async ValueTask<Caller> CallerAsync() =>
        await Callers.CurrentAsync(CancellationToken.None)
        ?? throw new AccessDeniedException(Role.Admin, Caller.Everywhere);
}
