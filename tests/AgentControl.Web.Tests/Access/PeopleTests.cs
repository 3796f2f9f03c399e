using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.TestKit;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Access;

public sealed class PeopleTests(PostgresFixture postgres)
{
    private const string Password = "correct horse battery";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_invited_joins_once_by_the_link_with_role_and_groups()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var admin = host.Program(AccessHost.AdminKey);
        await host.PersonAsync("ana", Role.Admin);
        (
            await admin.PutAsJsonAsync("/api/v1/groups/finance", new { description = "x" }, Now)
        ).EnsureSuccessStatusCode();
        var link = await InviteAsync(
            admin,
            new
            {
                email = "maria@example.com",
                role = "approver",
                groups = new[] { "finance" },
            }
        );
        using var browser = host.Browser();

        using var moved = await browser.GetAsync(link);
        Assert.Equal("/invite", browser.LeadsTo(moved));
        Assert.Equal("no-referrer", moved.Headers.GetValues("Referrer-Policy").Single());
        // A mail scanner that opens it, with and without cookies, uses nothing up.
        using (var scanner = host.Browser())
            for (var i = 0; i < 3; i++)
                (await scanner.GetAsync(link)).Dispose();
        var page = await browser.TextAsync("/invite");
        Assert.DoesNotContain(new Uri(host.Address, link).Query, page, StringComparison.Ordinal);

        using var joined = await browser.SubmitAsync("/invite", ("Form.Name", "Maria"), ("Form.Password", Password));

        Assert.Equal("/", browser.LeadsTo(joined));
        var maria = (await PeopleAsync(admin)).Single(p => p.Text("name") == "Maria");
        Assert.Equal(("approver", "maria@example.com"), (maria.Text("role"), maria.Text("email")));
        Assert.Equal(["finance"], maria.GetProperty("groups").EnumerateArray().Select(g => g.GetString()));
        using var inside = await browser.GetAsync("/api/v1/keys");
        Assert.Equal(HttpStatusCode.Forbidden, inside.StatusCode);
        using var second = host.Browser();
        (await second.GetAsync(link)).Dispose();
        Assert.Contains(
            "This link is used, taken back or expired.",
            await second.TextAsync("/invite"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("UPDATE invitations SET expires_at = now() - interval '1 second'")]
    [InlineData("UPDATE invitations SET withdrawn_at = now()")]
    [InlineData("UPDATE invitations SET used_at = now()")]
    [InlineData("UPDATE invitations SET hash = sha256('x')")]
    public async Task A_link_that_is_over_lets_nobody_in_even_behind_an_open_form(string over)
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var admin = host.Program(AccessHost.AdminKey);
        await host.PersonAsync("ana", Role.Admin);
        using var browser = host.Browser();
        (await browser.GetAsync(await InviteAsync(admin, new { email = "maria@example.com" }))).Dispose();
        var fill = await browser.OpenAsync("/invite");

        await host.AskAsync<object>(over);

        (await fill([("Form.Name", "Maria"), ("Form.Password", Password)])).Dispose();
        Assert.Equal(1L, await host.AskAsync<long>("SELECT count(*) FROM users"));
    }

    [Fact]
    public async Task Of_two_who_use_a_link_at_once_one_joins()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var admin = host.Program(AccessHost.AdminKey);
        await host.PersonAsync("ana", Role.Admin);
        var link = await InviteAsync(admin, new { email = "maria@example.com", role = "admin" });
        var token = link.Split('=')[1];
        var invitations = host.Services.GetRequiredService<Invitations>();

        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => invitations.AcceptAsync(token, $"Maria{i}", Password, null, Now))
        );

        Assert.Single(outcomes.OfType<AcceptOutcome.Done>());
        Assert.Equal(7, outcomes.OfType<AcceptOutcome.Gone>().Count());
    }

    [Fact]
    public async Task A_name_or_password_that_cannot_be_used_leaves_the_link_good()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var admin = host.Program(AccessHost.AdminKey);
        await host.PersonAsync("ana", Role.Admin);
        using var browser = host.Browser();
        (await browser.GetAsync(await InviteAsync(admin, new { email = "maria@example.com" }))).Dispose();

        using var taken = await browser.SubmitAsync("/invite", ("Form.Name", "ana"), ("Form.Password", Password));
        Assert.Contains("already taken", await taken.Content.ReadAsStringAsync(Now), StringComparison.Ordinal);
        using var shorter = await browser.SubmitAsync("/invite", ("Form.Name", "Maria"), ("Form.Password", "short"));
        Assert.Contains("8 characters", await shorter.Content.ReadAsStringAsync(Now), StringComparison.Ordinal);

        using var joined = await browser.SubmitAsync("/invite", ("Form.Name", "Maria"), ("Form.Password", Password));
        Assert.Equal("/", browser.LeadsTo(joined));
    }

    [Theory]
    [InlineData("""{"email":"none"}""", "email")]
    [InlineData("""{"email":"ana@example.com"}""", "email")]
    [InlineData("""{"email":"m@example.com","role":"display"}""", "role")]
    [InlineData("""{"email":"m@example.com","role":"king"}""", "role")]
    [InlineData("""{"email":"m@example.com","groups":["nobody"]}""", "groups")]
    [InlineData("""{"email":"m@example.com","days":31}""", "days")]
    public async Task A_bad_invitation_names_its_field(string body, string field)
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var admin = host.Program(AccessHost.AdminKey);
        await host.PersonAsync("ana", Role.Admin);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await admin.PostAsync("/api/v1/invitations", content, Now);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Now);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Fact]
    public async Task Who_is_disabled_is_out_at_once_with_every_sign_in_and_key_and_comes_back_only_by_a_new_one()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var admin = host.Program(AccessHost.AdminKey);
        var maria = await host.PersonAsync("maria", Role.Admin);
        var (_, secret) = await host.KeyAsync(Role.Admin, owner: maria);
        await host.PersonAsync("ana", Role.Admin);
        using var browser = host.Browser();
        using var key = host.Program(secret);
        (await browser.SignInAsync("maria")).Dispose();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(key));

        await PatchAsync(admin, maria, new { disabled = true });

        using var refused = await browser.GetAsync("/api/v1/keys");
        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
            (refused.StatusCode, await StatusAsync(key))
        );
        using var again = await browser.SignInAsync("maria");
        Assert.Contains(
            "Name or password is wrong.",
            await again.Content.ReadAsStringAsync(Now),
            StringComparison.Ordinal
        );

        await PatchAsync(admin, maria, new { disabled = false });

        using var old = await browser.GetAsync("/api/v1/keys");
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (old.StatusCode, await StatusAsync(key)));
        (await browser.SignInAsync("maria")).Dispose();
        using var back = await browser.GetAsync("/api/v1/keys");
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
    }

    [Fact]
    public async Task The_last_admin_who_may_sign_in_stays()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var admin = host.Program(AccessHost.AdminKey);
        var ana = await host.PersonAsync("ana", Role.Admin);
        var ben = await host.PersonAsync("ben", Role.Admin);
        await PatchAsync(admin, ben, new { disabled = true });

        foreach (
            var change in new object[] { new { role = "operator" }, new { role = "none" }, new { disabled = true } }
        )
        {
            using var refused = await admin.PatchAsJsonAsync($"/api/v1/people/{ana}", change, Now);
            await refused.ProblemAsync(HttpStatusCode.Conflict, "person.lastAdmin");
        }
        using var kept = await admin.DeleteAsync($"/api/v1/people/{ana}", Now);
        await kept.ProblemAsync(HttpStatusCode.Conflict, "person.lastAdmin");

        await PatchAsync(admin, ben, new { disabled = false });
        using var gone = await admin.DeleteAsync($"/api/v1/people/{ana}", Now);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
    }

    [Fact]
    public async Task Of_two_admins_who_demote_each_other_at_once_one_stays()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        var people = new[] { await host.PersonAsync("ana", Role.Admin), await host.PersonAsync("ben", Role.Admin) };

        var done = await Task.WhenAll(people.Select(DemoteAsync));

        Assert.Single(done, true);

        async Task<bool> DemoteAsync(Guid person)
        {
            await using var scope = host.Services.CreateAsyncScope();
            var store = scope.ServiceProvider.GetRequiredService<People>();
            return await store.GrantAsync(Caller.System, person, Caller.Everywhere, Role.Viewer, Now);
        }
    }

    [Fact]
    public async Task Who_is_deleted_is_out_with_keys_and_roles_and_what_they_did_keeps_their_name()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var admin = host.Program(AccessHost.AdminKey);
        await host.PersonAsync("ana", Role.Admin);
        var maria = await host.PersonAsync("maria", Role.Admin);
        var (_, secret) = await host.KeyAsync(Role.Admin, owner: maria);
        using var browser = host.Browser();
        using var key = host.Program(secret);
        (await browser.SignInAsync("maria")).Dispose();

        (await admin.DeleteAsync($"/api/v1/people/{maria}", Now)).EnsureSuccessStatusCode();

        using var refused = await browser.GetAsync("/api/v1/keys");
        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
            (refused.StatusCode, await StatusAsync(key))
        );
        Assert.Equal(
            0L,
            await host.AskAsync<long>(
                $"SELECT count(*) FROM grants g LEFT JOIN users u ON u.id = g.principal_id LEFT JOIN api_keys k ON k.id = g.principal_id WHERE u.id IS NULL AND k.id IS NULL"
            )
        );
        Assert.Equal(
            "maria",
            await host.AskAsync<string>($"SELECT DISTINCT actor_name FROM audit_log WHERE actor = 'person:{maria}'")
        );
    }

    [Fact]
    public async Task A_link_for_a_new_password_sets_it_once_and_ends_every_sign_in()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var admin = host.Program(AccessHost.AdminKey);
        var maria = await host.PersonAsync("maria", Role.Admin);
        using var signedIn = host.Browser();
        (await signedIn.SignInAsync("maria")).Dispose();
        using var made = await admin.PostAsync($"/api/v1/people/{maria}/password-link", null, Now);
        var link = LinkOf(await made.Content.ReadFromJsonAsync<JsonElement>(Now));
        using var browser = host.Browser();
        (await browser.GetAsync(link)).Dispose();

        using var set = await browser.SubmitAsync("/invite", ("Form.Password", "another horse battery"));

        Assert.Equal("/", browser.LeadsTo(set));
        using var old = await signedIn.GetAsync("/api/v1/keys");
        using var fresh = await browser.GetAsync("/api/v1/keys");
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (old.StatusCode, fresh.StatusCode));
        using var wrong = await signedIn.SignInAsync("maria");
        Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        using var right = await signedIn.SignInAsync("maria", "another horse battery");
        Assert.Equal("/", signedIn.LeadsTo(right));
    }

    [Fact]
    public async Task No_token_is_in_the_database_or_in_the_audit_log()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var admin = host.Program(AccessHost.AdminKey);
        var token = (await InviteAsync(admin, new { email = "maria@example.com" })).Split('=')[1];

        var dump = await host.AskAsync<string>(
            "SELECT (SELECT string_agg(i::text, '') FROM invitations i) || (SELECT string_agg(a::text, '') FROM audit_log a)"
        );

        Assert.DoesNotContain(token, dump, StringComparison.Ordinal);
        using var listed = await admin.GetAsync("/api/v1/invitations", Now);
        Assert.DoesNotContain(token, await listed.Content.ReadAsStringAsync(Now), StringComparison.Ordinal);
    }

    private static async Task<string> InviteAsync(HttpClient admin, object invitation)
    {
        using var answer = await admin.PostAsJsonAsync("/api/v1/invitations", invitation, Now);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        return LinkOf(await answer.Content.ReadFromJsonAsync<JsonElement>(Now));
    }

    private static string LinkOf(JsonElement made) => new Uri(made.GetProperty("link").GetString()!).PathAndQuery;

    private static async Task<JsonElement[]> PeopleAsync(HttpClient admin) =>
        [.. (await admin.GetFromJsonAsync<JsonElement>("/api/v1/people", Now)).GetProperty("items").EnumerateArray()];

    private static async Task PatchAsync(HttpClient admin, Guid person, object change)
    {
        using var answer = await admin.PatchAsJsonAsync($"/api/v1/people/{person}", change, Now);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/api/v1/keys", Now);
        return answer.StatusCode;
    }
}
