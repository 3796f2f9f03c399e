using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.TestKit;
using AgentControl.Web.Access;
using AgentControl.Web.Audit;
using AgentControl.Web.Tests.Shared;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace AgentControl.Web.Tests.Access;

/// <summary>The pages of people and of the audit log: what they show while they load, empty, filled and failed.</summary>
public sealed class PeoplePagesTests(PostgresFixture postgres) : UiContext
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task An_invitation_is_made_and_its_link_is_shown_until_it_is_copied()
    {
        await using var host = await StartAsync();
        var page = Render<UsersPage>();
        page.WaitForElement("#invite-email", Patience);

        await page.InvokeAsync(() => page.Find("#invite-email").Change("nobody"));
        await page.InvokeAsync(() => page.Find("form").Submit());
        page.WaitForAssertion(
            () =>
                Assert.Contains("maria@example.com", page.Find("#invite-errors").TextContent, StringComparison.Ordinal),
            Patience
        );
        await page.InvokeAsync(() => page.Find("#invite-email").Change("maria@example.com"));
        await page.InvokeAsync(() => page.Find("form").Submit());

        var link = page.WaitForElement("[data-testid=link]", Patience).TextContent;
        Assert.Contains("/invite?token=", link, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-testid=invitations] tbody tr")), Patience);
        await page.Find("[data-testid=new-link] .ac-btn--plain").ClickAsync(new());
        Assert.DoesNotContain(link, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disabling_asks_and_the_last_admin_stays()
    {
        await using var host = await StartAsync();
        await host.PersonAsync("ana", Role.Admin);
        var ben = await host.PersonAsync("ben", Role.Viewer);
        var dialogs = Render<MudDialogProvider>();
        var page = Render<UsersPage>();
        await AnswerAsync(page, dialogs, ben, "Keep enabled");
        Assert.Equal(0L, await DisabledAsync(host));

        await AnswerAsync(page, dialogs, ben, "Disable");
        page.WaitForAssertion(
            () =>
                Assert.Contains("disabled", page.Find($"[data-person='{ben}']").TextContent, StringComparison.Ordinal),
            Patience
        );

        var ana = (await host.Services.GetRequiredService<PeopleQueries>().ListAsync(default)).Single(p =>
            p.Name == "ana"
        );
        await AnswerAsync(page, dialogs, ana.Id, "Disable");
        Assert.Equal(1L, await DisabledAsync(host));
    }

    [Fact]
    public async Task A_group_says_who_of_its_people_is_disabled()
    {
        await using var host = await StartAsync();
        var ana = await host.PersonAsync("ana", Role.Approver);
        var ben = await host.PersonAsync("ben", Role.Approver);
        await host
            .Services.GetRequiredService<Groups>()
            .SaveAsync(Caller.System, "leads", null, [ana, ben], Xunit.TestContext.Current.CancellationToken);
        await host.AskAsync<object>($"UPDATE users SET disabled_at = now() WHERE id = '{ben}'");

        var page = Render<GroupsPage>();

        page.WaitForAssertion(
            () =>
                Assert.EndsWith(
                    "ana, ben (disabled)",
                    page.Find("[data-testid=groups] tbody td").TextContent.Trim(),
                    StringComparison.Ordinal
                ),
            Patience
        );
    }

    [Fact]
    public async Task The_audit_log_filters_opens_a_line_and_says_how_its_chain_stands()
    {
        await using var host = await StartAsync();
        await host.PersonAsync("ana", Role.Admin);
        var page = RenderAt("/audit?action=grant.changed");
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-line]")), Patience);
        Assert.Contains("changed", page.Find("[data-line]").TextContent, StringComparison.Ordinal);
        var line = page.Find("[data-line]").GetAttribute("data-line");
        Assert.Contains(
            $"line={line}",
            page.Find("[data-line] a[aria-expanded]").GetAttribute("href"),
            StringComparison.Ordinal
        );
        Assert.Contains("format=csv", page.FindAll("a[download]")[0].GetAttribute("href"), StringComparison.Ordinal);
        Assert.Contains(
            "action=grant.changed",
            page.FindAll("a[download]")[0].GetAttribute("href"),
            StringComparison.Ordinal
        );

        Navigation.NavigateTo($"/audit?action=grant.changed&line={line}");
        page.WaitForAssertion(
            () => Assert.Contains("admin", page.Find("[data-testid=diff]").TextContent, StringComparison.Ordinal),
            Patience
        );

        await page.Find("[data-testid=verify]").ClickAsync(new());
        page.WaitForAssertion(
            () =>
                Assert.Contains("chain whole", page.Find("[data-testid=chain]").TextContent, StringComparison.Ordinal),
            Patience
        );
        await host.AskAsync<object>(
            "SET session_replication_role = replica; UPDATE audit_log SET actor_name = 'Eve' WHERE seq = 2"
        );
        await page.Find("[data-testid=verify]").ClickAsync(new());
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "line 2 was changed",
                    page.Find("[data-testid=chain]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
    }

    [Fact]
    public async Task A_linked_line_that_the_filter_hides_is_shown_on_top_and_an_empty_filter_says_so()
    {
        await using var host = await StartAsync();
        await host.PersonAsync("ana", Role.Admin);
        var id = await host.AskAsync<Guid>("SELECT id FROM audit_log WHERE action = 'grant.changed'");

        var page = RenderAt($"/audit?who=nobody%20at%20all&line={id}");

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "No line matches",
                    page.Find("[data-testid=empty]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        page.WaitForAssertion(() => Assert.NotNull(page.Find("[data-testid=audit-detail]")), Patience);
    }

    [Fact]
    public async Task A_log_that_cannot_be_read_says_so_and_is_tried_again()
    {
        await using var host = await StartAsync();
        await host.AskAsync<object>("ALTER TABLE audit_log RENAME TO away");
        var page = Render<AuditPage>();
        page.WaitForAssertion(
            () => Assert.Contains("could not be loaded", page.Markup, StringComparison.Ordinal),
            Patience
        );

        await host.AskAsync<object>("ALTER TABLE away RENAME TO audit_log");
        await page.InvokeAsync(() =>
            page.FindAll("button").Single(b => b.TextContent.Contains("Try again", StringComparison.Ordinal)).Click()
        );

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-line]")), Patience);
    }

    [Fact]
    public async Task Roles_are_read_from_the_routes()
    {
        await using var host = await StartAsync();
        var page = Render<RolesPage>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=roles] tbody")), Patience);

        var row = page.FindAll("tr").Single(r => r.GetAttribute("title") == "POST /api/v1/keys/");

        Assert.Equal(
            ["no", "no", "no", "yes"],
            row.QuerySelectorAll("td .ac-hidden-text").Select(t => t.TextContent.Trim())
        );
    }

    [Fact]
    public void Every_package_that_is_brought_along_has_a_licence()
    {
        Assert.True(Licences.All.Count > 20);
        Assert.Equal([], Licences.All.Where(i => i.Licence == "see the package").Select(i => i.Name));
    }

    [Fact]
    public async Task The_profile_lists_sign_ins_ends_one_and_names_the_field_that_is_wrong()
    {
        await using var host = await StartAsync();
        var signIns = host.Services.GetRequiredService<SignIns>();
        var maria = await host.PersonAsync("maria", Role.Viewer);
        var actor = new Actor($"person:{maria}", "maria");
        var here = await signIns.BeginAsync(
            actor,
            maria,
            "192.0.2.1",
            "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0",
            SignIns.ByPassword,
            default
        );
        var there = await signIns.BeginAsync(actor, maria, "192.0.2.2", "", SignIns.ByPassword, default);
        AtTheScreen.Who = new(CallerKind.Person, maria, "maria")
        {
            PersonId = maria,
            SignIn = here,
            Roles = Caller.Global(Role.Viewer),
        };
        var page = Render<ProfilePage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("[data-sign-in]").Count), Patience);
        Assert.Contains(
            "Firefox on Linux (this one)",
            page.Find($"[data-sign-in='{here}']").TextContent,
            StringComparison.Ordinal
        );
        Assert.Empty(page.FindAll($"[data-sign-in='{here}'] button"));

        await page.InvokeAsync(() => page.Find($"[data-sign-in='{there}'] button").Click());
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-sign-in]")), Patience);

        await page.InvokeAsync(() => page.Find("#profile-zone").Change("Mars/Base"));
        await page.InvokeAsync(() => page.FindAll("form")[0].Submit());
        page.WaitForAssertion(
            () => Assert.Equal("true", page.Find("#profile-zone").GetAttribute("aria-invalid")),
            Patience
        );
        await page.InvokeAsync(() => page.Find("#profile-zone").Change("Europe/Berlin"));
        await page.InvokeAsync(() => page.FindAll("form")[0].Submit());
        page.WaitForAssertion(
            () => Assert.Equal("Europe/Berlin", page.Find("ac-preferences").GetAttribute("zone")),
            Patience
        );
        Assert.Contains(
            "Europe/Berlin",
            await host.AskAsync<string>($"SELECT preferences FROM users WHERE id = '{maria}'"),
            StringComparison.Ordinal
        );

        await page.InvokeAsync(() => page.Find("#news-every").Change("day"));
        await page.InvokeAsync(() => page.Find("#news-at").Change("8 o'clock"));
        await page.InvokeAsync(() => page.Find("[data-testid=news-form]").Submit());
        page.WaitForAssertion(
            () => Assert.Equal("Write the time of the day as 08:00.", page.Find("#news-at-error").TextContent),
            Patience
        );
        await page.InvokeAsync(() => page.Find("#news-at").Change("07:30"));
        await page.InvokeAsync(() => page.Find("[data-testid=news-form]").Submit());
        page.WaitForAssertion(() => Assert.Equal("", page.Find("#news-at-error").TextContent), Patience);
        Assert.Contains(
            "07:30",
            await host.AskAsync<string>($"SELECT digest FROM users WHERE id = '{maria}'"),
            StringComparison.Ordinal
        );
        // Nothing of Slack where nobody is linked and no link was opened.
        Assert.Empty(page.FindAll("[data-testid=slack-link]"));
    }

    private AdminAtTheScreen AtTheScreen { get; } = new();

    private Microsoft.AspNetCore.Components.NavigationManager Navigation =>
        Services.GetRequiredService<Microsoft.AspNetCore.Components.NavigationManager>();

    private IRenderedComponent<AuditPage> RenderAt(string address)
    {
        Navigation.NavigateTo(address);
        return Render<AuditPage>();
    }

    private static Task<long> DisabledAsync(AccessHost host) =>
        host.AskAsync<long>("SELECT count(*) FROM users WHERE disabled_at IS NOT NULL");

    private static async Task AnswerAsync(
        IRenderedComponent<UsersPage> page,
        IRenderedComponent<MudDialogProvider> dialogs,
        Guid person,
        string answer
    )
    {
        var row = $"[data-person='{person}'] button";
        page.WaitForElement(row, Patience);
        await page.InvokeAsync(() => page.FindAll(row)[1].Click());
        dialogs.WaitForAssertion(
            () => Assert.Contains("Keep enabled", dialogs.Markup, StringComparison.Ordinal),
            Patience
        );
        dialogs.FindAll("button").Single(b => b.TextContent == answer).Click();
        dialogs.WaitForAssertion(
            () => Assert.DoesNotContain("Keep enabled", dialogs.Markup, StringComparison.Ordinal),
            Patience
        );
    }

    private async Task<AccessHost> StartAsync()
    {
        var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        foreach (
            var part in new[]
            {
                typeof(Invitations),
                typeof(PeopleQueries),
                typeof(Groups),
                typeof(AuditQueries),
                typeof(AuditChain),
                typeof(RouteRights),
                typeof(SignIns),
                typeof(Profiles),
                typeof(AgentControl.Engine.Notifications.SlackLinks),
            }
        )
            Services.AddSingleton(part, host.Services.GetRequiredService(part));
        Services.AddScoped<PeopleDesk>();
        Services.AddScoped(_ => host.Services.CreateScope().ServiceProvider.GetRequiredService<People>());
        Services.AddSingleton(host.Services.GetRequiredService<LinkMail>());
        Services.AddSingleton<ICallerAccessor>(AtTheScreen);
        Render<MudPopoverProvider>();
        return host;
    }

    private sealed class AdminAtTheScreen : ICallerAccessor
    {
        public Caller Who { get; set; } =
            new(CallerKind.Person, Guid.NewGuid(), "Maria") { Roles = Caller.Global(Role.Admin) };

        public ValueTask<Caller?> CurrentAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult<Caller?>(Who);
    }
}
