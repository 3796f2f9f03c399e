using AgentControl.Engine.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Access;

/// <summary>Who can sign in, what they may do, and links for those who join.</summary>
public sealed partial class UsersPage
{
    private IReadOnlyList<PersonInfo>? _people;
    private IReadOnlyList<InvitationInfo>? _invitations;
    private IReadOnlyList<string> _groups = [];
    private IReadOnlyDictionary<string, string[]> _errors = PeopleDesk.None;
    private MadeLink? _link;
    private InviteForm _form = new();
    private Guid? _me;
    private bool _busy;

    [Inject]
    private PeopleQueries People { get; set; } = null!;

    [Inject]
    private Invitations Invitations { get; set; } = null!;

    [Inject]
    private Groups Groups { get; set; } = null!;

    [Inject]
    private PeopleDesk Desk { get; set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var who = await Desk.CallerAsync();
        _me = who.PersonId;
        _groups = [.. (await Groups.ListAsync(cancellationToken)).Select(g => g.Name)];
        ShowRows(ref _invitations, await Invitations.ListAsync(who, cancellationToken));
        _people = await People.ListAsync(cancellationToken);
    }

    private async Task ChangeRoleAsync(PersonInfo person, string? value)
    {
        await Desk.ChangeRoleAsync(person, RoleNames.Parse(value));
        await ReloadAsync();
    }

    private async Task NewPasswordAsync(PersonInfo person)
    {
        _link = await Desk.NewPasswordAsync(person) ?? _link;
        await ReloadAsync();
    }

    private async Task DoAsync(Func<Task> act)
    {
        await act();
        await ReloadAsync();
    }

    private async Task InviteAsync()
    {
        _busy = true;
        try
        {
            var (link, errors) = await Desk.InviteAsync(_form.ToInvitation());
            _errors = errors;
            if (link is null)
                return;
            (_link, _form) = (link, new());
            await ReloadAsync();
        }
        finally
        {
            _busy = false;
        }
    }

    private sealed class InviteForm
    {
        public string? Email { get; set; }
        public string Role { get; set; } = RoleNames.Name(Engine.Access.Role.Operator);
        public int Days { get; set; } = Invitations.UsualDays;
        public HashSet<string> Groups { get; } = new(StringComparer.Ordinal);

        public void Choose(string group, bool isIn)
        {
            if (isIn)
                Groups.Add(group);
            else
                Groups.Remove(group);
        }

        public NewInvitation ToInvitation() => new(Email, RoleNames.Parse(Role), [.. Groups], Days);
    }
}
