using AgentControl.Engine.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace AgentControl.Web.Access;

/// <summary>A link that was made on the page, to be copied this once.</summary>
internal sealed record MadeLink(string Link, bool Mailed, InvitationInfo Invitation);

/// <summary>What admins do to people on the page: it asks where asking is due, does it, and says how it went.</summary>
internal sealed class PeopleDesk(
    ICallerAccessor callers,
    IServiceScopeFactory scopes,
    IDialogService dialogs,
    Notices notices,
    NavigationManager navigation
)
{
    /// <summary>Sets a person's role in all workspaces, or in the one that is named.</summary>
    public async Task ChangeRoleAsync(PersonInfo person, Role? role, string workspace = Caller.Everywhere)
    {
        var who = await CallerAsync();
        await using var scope = scopes.CreateAsyncScope();
        var people = scope.ServiceProvider.GetRequiredService<People>();
        var where = workspace == Caller.Everywhere ? "" : $" in {workspace}";
        if (await people.GrantAsync(who, person.Id, workspace, role, CancellationToken.None))
            await notices.SayAsync($"{person.Name} has {(role is null ? "no role" : $"the role {role}")}{where} now.");
        else
            await LastAdminAsync(person);
    }

    public async Task SwitchAsync(PersonInfo person)
    {
        var enable = person.DisabledAt is not null;
        var question = new ConfirmRequest($"Disable {person.Name}?", "Keep enabled", "Disable")
        {
            Text = "Their open pages, sign-ins and keys stop at once. You can enable them again.",
        };
        if (!enable && !await dialogs.ConfirmAsync(question))
            return;
        var done = await WithPeopleAsync(
            (people, who) => people.SwitchAsync(who, person.Id, enable, CancellationToken.None)
        );
        await SayAsync(person, done, enable ? "may sign in again" : "is disabled");
    }

    public async Task DeleteAsync(PersonInfo person)
    {
        var question = new ConfirmRequest($"Delete {person.Name}?", "Keep person", "Delete person")
        {
            Text =
                "Their sign-ins, keys, roles and seats in groups go. What they did keeps their name. This cannot be undone.",
        };
        if (!await dialogs.ConfirmAsync(question))
            return;
        var done = await WithPeopleAsync((people, who) => people.DeleteAsync(who, person.Id, CancellationToken.None));
        await SayAsync(person, done, "is deleted");
    }

    /// <summary>Null where the person is gone meanwhile, or it was not wanted after all.</summary>
    public async Task<MadeLink?> NewPasswordAsync(PersonInfo person)
    {
        var question = new ConfirmRequest($"New password for {person.Name}?", "Leave it", "Make link")
        {
            Text =
                "You get a link that works once, for a day. Whoever opens it chooses the password, and their other sign-ins end.",
        };
        if (!await dialogs.ConfirmAsync(question))
            return null;
        var who = await CallerAsync();
        await using var scope = scopes.CreateAsyncScope();
        var invitations = scope.ServiceProvider.GetRequiredService<Invitations>();
        var made = await invitations.NewPasswordAsync(who, person.Id, CancellationToken.None);
        return made is null ? null : await LinkAsync(scope.ServiceProvider, made);
    }

    public async Task<(MadeLink? Link, IReadOnlyDictionary<string, string[]> Errors)> InviteAsync(NewInvitation wanted)
    {
        var who = await CallerAsync();
        await using var scope = scopes.CreateAsyncScope();
        var invitations = scope.ServiceProvider.GetRequiredService<Invitations>();
        return await invitations.InviteAsync(who, wanted, CancellationToken.None) switch
        {
            InvitationOutcome.Invalid invalid => (null, invalid.Errors),
            InvitationOutcome.Made made => (await LinkAsync(scope.ServiceProvider, made), None),
            var unknown => throw new InvalidOperationException($"Unknown outcome {unknown}."),
        };
    }

    public async Task WithdrawAsync(InvitationInfo invitation)
    {
        var who = await CallerAsync();
        await using var scope = scopes.CreateAsyncScope();
        var invitations = scope.ServiceProvider.GetRequiredService<Invitations>();
        await invitations.WithdrawAsync(who, invitation.Id, CancellationToken.None);
        await notices.SayAsync($"The link for {invitation.Email} works no more.");
    }

    public async ValueTask<Caller> CallerAsync() =>
        await callers.CurrentAsync(CancellationToken.None)
        ?? throw new AccessDeniedException(Role.Admin, Caller.Everywhere);

    public static Dictionary<string, string[]> None => new(StringComparer.Ordinal);

    private async Task<MadeLink> LinkAsync(IServiceProvider services, InvitationOutcome.Made made)
    {
        var mail = services.GetRequiredService<LinkMail>();
        var link = mail.LinkOf(made.Token, navigation.BaseUri);
        return new(link, await mail.SendAsync(made.Invitation, link, CancellationToken.None), made.Invitation);
    }

    private async Task<PersonOutcome> WithPeopleAsync(Func<People, Caller, Task<PersonOutcome>> act)
    {
        var who = await CallerAsync();
        await using var scope = scopes.CreateAsyncScope();
        return await act(scope.ServiceProvider.GetRequiredService<People>(), who);
    }

    private Task SayAsync(PersonInfo person, PersonOutcome outcome, string done) =>
        outcome switch
        {
            PersonOutcome.Done => notices.SayAsync($"{person.Name} {done}."),
            PersonOutcome.LastAdmin => LastAdminAsync(person),
            _ => notices.ProblemAsync($"{person.Name} is not here any more."),
        };

    private Task LastAdminAsync(PersonInfo person) =>
        notices.ProblemAsync($"{person.Name} is the last admin who may sign in. Make somebody else admin first.");
}
