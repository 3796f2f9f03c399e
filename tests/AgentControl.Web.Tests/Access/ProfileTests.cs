using System.Net;
using AgentControl.Engine.Access;
using AgentControl.TestKit;
using AgentControl.Web.Access;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Access;

public sealed class ProfileTests(PostgresFixture postgres)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sign_in_that_is_ended_elsewhere_is_out_at_once_and_the_others_stay()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var maria = await host.PersonAsync("maria", Role.Admin);
        using var one = host.Browser();
        using var other = host.Browser();
        (await one.SignInAsync("maria")).Dispose();
        var signIns = host.Services.GetRequiredService<SignIns>();
        var first = (await signIns.ListAsync(Of(maria, null), Now)).Single();
        (await other.SignInAsync("maria")).Dispose();
        var second = (await signIns.ListAsync(Of(maria, first.Id), Now)).Single(s => !s.IsThis);
        Assert.Equal(("password", "127.0.0.1"), (second.Way, second.Address));

        Assert.True(await signIns.EndAsync(Of(maria, first.Id), second.Id, Now));

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Unauthorized),
            (await StatusAsync(one), await StatusAsync(other))
        );
        Assert.False(await signIns.EndAsync(Of(maria, first.Id), second.Id, Now));
    }

    [Fact]
    public async Task Nobody_ends_the_sign_in_of_another()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var maria = await host.PersonAsync("maria", Role.Admin);
        var ben = await host.PersonAsync("ben", Role.Admin);
        using var browser = host.Browser();
        (await browser.SignInAsync("maria")).Dispose();
        var signIns = host.Services.GetRequiredService<SignIns>();
        var hers = (await signIns.ListAsync(Of(maria, null), Now)).Single();

        Assert.False(await signIns.EndAsync(Of(ben, null), hers.Id, Now));
        Assert.Equal(0, await signIns.EndOthersAsync(Of(ben, null), Now));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
    }

    [Fact]
    public async Task A_cookie_whose_sign_in_nobody_knows_lets_nobody_in()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("maria", Role.Admin);
        using var browser = host.Browser();
        (await browser.SignInAsync("maria")).Dispose();

        await host.AskAsync<object>("DELETE FROM sign_ins");
        host.Forget();

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(browser));
    }

    [Fact]
    public async Task A_new_password_takes_the_old_one_ends_the_other_sign_ins_and_takes_links_back()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var maria = await host.PersonAsync("maria", Role.Admin);
        using var mine = host.Browser();
        using var other = host.Browser();
        (await mine.SignInAsync("maria")).Dispose();
        var signIn = (await host.Services.GetRequiredService<SignIns>().ListAsync(Of(maria, null), Now)).Single().Id;
        (await other.SignInAsync("maria")).Dispose();
        var link = await host.Services.GetRequiredService<Invitations>().NewPasswordAsync(Caller.System, maria, Now);
        var profiles = host.Services.GetRequiredService<Profiles>();
        var me = Of(maria, signIn);

        Assert.Equal("old", Assert.Single(await profiles.ChangePasswordAsync(me, "wrong", "another horse", Now)).Key);
        Assert.Equal(
            "password",
            Assert.Single(await profiles.ChangePasswordAsync(me, "correct horse battery", "short", Now)).Key
        );
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(other));
        Assert.Empty(await profiles.ChangePasswordAsync(me, "correct horse battery", "another horse", Now));

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Unauthorized),
            (await StatusAsync(mine), await StatusAsync(other))
        );
        Assert.Null(await host.Services.GetRequiredService<Invitations>().FindAsync(link!.Token, Now));
        using var fresh = host.Browser();
        using var signedIn = await fresh.SignInAsync("maria", "another horse");
        Assert.Equal("/", fresh.LeadsTo(signedIn));
    }

    [Fact]
    public async Task A_name_is_changed_for_signing_in_too_and_stands_in_the_audit_log()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var maria = await host.PersonAsync("maria", Role.Admin);
        await host.PersonAsync("ben", Role.Viewer);
        var profiles = host.Services.GetRequiredService<Profiles>();

        Assert.NotEmpty(await profiles.RenameAsync(Of(maria, null), "ben", Now));
        Assert.NotEmpty(await profiles.RenameAsync(Of(maria, null), "ben@example.com", Now));
        Assert.Empty(await profiles.RenameAsync(Of(maria, null), " Mary ", Now));

        using var browser = host.Browser();
        using var signedIn = await browser.SignInAsync("Mary");
        Assert.Equal("/", browser.LeadsTo(signedIn));
        Assert.Equal(
            """{"name":"maria"} {"name":"Mary"}""",
            await host.AskAsync<string>("SELECT before || ' ' || after FROM audit_log WHERE action = 'person.renamed'")
        );
    }

    [Fact]
    public async Task What_somebody_likes_is_in_the_page_before_it_is_drawn_and_nothing_odd_gets_there()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var maria = await host.PersonAsync("maria", Role.Admin);
        using var browser = host.Browser();
        (await browser.SignInAsync("maria")).Dispose();
        var liked = new Preferences("dark", "absolute", "12", "Asia/Tokyo", SingleKeys: false);
        await host.Services.GetRequiredService<Profiles>().SavePreferencesAsync(Of(maria, null), liked.Write(), Now);

        var html = await browser.TextAsync("/settings/profile");

        Assert.Contains(
            """<html lang="en" data-pref-theme="dark" data-pref-times="absolute" data-clock="12" data-zone="Asia/Tokyo" data-single-keys="off">""",
            html,
            StringComparison.Ordinal
        );
        Assert.Equal(
            Preferences.Usual,
            Preferences.Read("""{"theme":"x","times":"\"","clock":"13","zone":"../etc"}""")
        );
        Assert.Equal(Preferences.Usual, Preferences.Read("no json"));
    }

    private static Caller Of(Guid person, Guid? signIn) =>
        new(CallerKind.Person, person, "maria")
        {
            PersonId = person,
            SignIn = signIn,
            Roles = Caller.Global(Role.Admin),
        };

    private static async Task<HttpStatusCode> StatusAsync(Browser browser)
    {
        using var answer = await browser.GetAsync("/api/v1/keys");
        return answer.StatusCode;
    }
}
