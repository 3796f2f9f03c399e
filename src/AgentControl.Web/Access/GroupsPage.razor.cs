using AgentControl.Engine.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace AgentControl.Web.Access;

/// <summary>Makes, changes and deletes groups of people.</summary>
public sealed partial class GroupsPage
{
    private readonly HashSet<Guid> _members = [];
    private IReadOnlyList<GroupInfo>? _groups;
    private IReadOnlyList<GroupPerson> _people = [];
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
    private string? _edited;
    private string _name = "";
    private string _description = "";
    private bool _busy;

    [Inject]
    private Groups Groups { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        _people = await Groups.PeopleAsync(cancellationToken);
        _groups = await Groups.ListAsync(cancellationToken);
        StateHasChanged();
    }

    private static string Said(GroupPerson person) =>
        person switch
        {
            { IsDisabled: true } => $"{person.Name} (disabled)",
            { MayDecide: false } => $"{person.Name} (has no Approver role)",
            _ => person.Name,
        };

    private string? Invalid(string field) => _errors.ContainsKey(field) ? "true" : null;

    private void Choose(Guid person, bool isIn)
    {
        if (isIn)
            _members.Add(person);
        else
            _members.Remove(person);
    }

    private void Edit(GroupInfo group)
    {
        Clear();
        (_edited, _name, _description) = (group.Name, group.Name, group.Description);
        _members.UnionWith(group.Members.Select(m => m.Id));
    }

    private void Clear()
    {
        (_edited, _name, _description) = (null, "", "");
        _members.Clear();
        _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
    }

    private async Task SaveAsync()
    {
        _busy = true;
        try
        {
            var name = _name.Trim();
            var isNew = _edited is null && _groups?.Any(g => g.Name == name) != true;
            if (_edited is null && !isNew)
            {
                _errors = Wrong("name", $"{name} is there already. Edit that one, or choose another name.");
                return;
            }
            switch (await Groups.SaveAsync(await CallerAsync(), name, _description, _members, CancellationToken.None))
            {
                case GroupOutcome.Invalid invalid:
                    _errors = invalid.Errors;
                    break;
                case GroupOutcome.Saved:
                    Clear();
                    await ReloadAsync();
                    await Notices.SayAsync(isNew ? $"Made {name}." : $"Saved {name}.");
                    break;
            }
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task DeleteAsync(GroupInfo group)
    {
        var question = new ConfirmRequest($"Delete {group.Name}?", "Keep group", "Delete group")
        {
            Text = "Requests that name it can be decided by admins only, until they are reassigned.",
        };
        if (!await Dialogs.ConfirmAsync(question))
            return;
        await Groups.DeleteAsync(await CallerAsync(), group.Name, CancellationToken.None);
        Clear();
        await ReloadAsync();
        await Notices.SayAsync($"Deleted {group.Name}.");
    }

    private static Dictionary<string, string[]> Wrong(string field, string why) =>
        new(StringComparer.Ordinal) { [field] = [why] };

    private async ValueTask<Caller> CallerAsync() =>
        await Callers.CurrentAsync(CancellationToken.None)
        ?? throw new AccessDeniedException(Role.Admin, Caller.Everywhere);
}
