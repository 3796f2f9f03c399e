using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.TestKit;

namespace AgentControl.Web.Tests.Access;

public sealed class ApiKeyTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_key_is_made_shown_once_listed_without_its_secret_used_and_revoked_at_once()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var admin = host.Program(AccessHost.AdminKey);
        var stop = TestContext.Current.CancellationToken;

        using var created = await admin.PostAsJsonAsync("/api/v1/keys", new { name = "ci", role = "admin" }, stop);
        var answer = await created.Content.ReadFromJsonAsync<JsonElement>(stop);
        var secret = answer.GetProperty("secret").GetString()!;
        var id = answer.GetProperty("key").GetProperty("id").GetGuid();
        using var program = host.Program(secret);
        using var used = await program.GetAsync("/api/v1/keys", stop);
        var listed = await admin.GetStringAsync("/api/v1/keys", stop);
        using var revoked = await admin.DeleteAsync($"/api/v1/keys/{id}", stop);
        using var after = await program.GetAsync("/api/v1/keys", stop);

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.StartsWith("ac_", secret, StringComparison.Ordinal);
        Assert.Equal(3 + 43, secret.Length);
        Assert.Equal(HttpStatusCode.OK, used.StatusCode);
        Assert.Contains("\"ci\"", listed, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, listed, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task No_secret_is_in_the_database()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        var (_, secret) = await host.KeyAsync(Role.Operator);

        var stored = await host.AskAsync<string>(
            "SELECT (SELECT string_agg(k::text, '') FROM api_keys k) || (SELECT string_agg(a::text, '') FROM audit_log a)"
        );

        Assert.DoesNotContain(secret[10..], stored, StringComparison.Ordinal);
        Assert.DoesNotContain(AccessHost.AdminKey[15..], stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_key_is_refused()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        var now = await host.AskAsync<DateTime>("SELECT ac_now()");
        var (_, secret) = await host.KeyAsync(Role.Admin, expires: new DateTimeOffset(now).AddHours(1));
        using var program = host.Program(secret);
        using var before = await program.GetAsync("/api/v1/keys", TestContext.Current.CancellationToken);

        await host.AskAsync<object>("UPDATE clock SET shift = '2 hours'");
        host.Forget();

        using var after = await program.GetAsync("/api/v1/keys", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task A_key_never_may_more_than_its_owner_may_today()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        await host.PersonAsync("ben", Role.Admin);
        var maria = await host.PersonAsync("maria", Role.Admin);
        var (_, secret) = await host.KeyAsync(Role.Admin, owner: maria);
        using var program = host.Program(secret);
        using var before = await program.GetAsync("/api/v1/keys", TestContext.Current.CancellationToken);

        await host.GrantAsync(maria, Role.Viewer);

        using var after = await program.GetAsync("/api/v1/keys", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (before.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task The_last_use_is_written_once_a_minute_at_most()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var program = host.Program(AccessHost.AdminKey);
        const string last = "SELECT extract(epoch FROM last_used_at)::float8 FROM api_keys";
        (await program.GetAsync("/api/v1/keys", TestContext.Current.CancellationToken)).Dispose();
        var first = await host.AskAsync<double>(last);
        await host.AskAsync<object>("UPDATE clock SET shift = '50 seconds'");
        host.Forget();
        (await program.GetAsync("/api/v1/keys", TestContext.Current.CancellationToken)).Dispose();
        var second = await host.AskAsync<double>(last);
        await host.AskAsync<object>("UPDATE clock SET shift = '70 seconds'");
        host.Forget();
        (await program.GetAsync("/api/v1/keys", TestContext.Current.CancellationToken)).Dispose();
        var third = await host.AskAsync<double>(last);

        Assert.Equal(first, second);
        Assert.InRange(third - first, 60, 120);
    }

    [Theory]
    [InlineData("""{"role":"viewer"}""", "name")]
    [InlineData("""{"name":"x","role":"king"}""", "role")]
    [InlineData("""{"name":"x","role":"viewer","expiresAt":"2001-01-01T00:00:00Z"}""", "expiresAt")]
    [InlineData("""{"name":"x","role":"viewer","ownerId":"0199a0a0-0000-7000-8000-000000000000"}""", "ownerId")]
    public async Task A_bad_field_is_named(string body, string field)
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var admin = host.Program(AccessHost.AdminKey);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await admin.PostAsync("/api/v1/keys", content, TestContext.Current.CancellationToken);

        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ac_unknown")]
    public async Task An_unknown_key_is_refused_even_beside_a_good_cookie(string secret)
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("maria", Role.Admin);
        using var browser = host.Browser();
        (await browser.SignInAsync("maria")).Dispose();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/keys");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {secret}");

        using var answer = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_key_in_the_address_counts_for_hubs_only()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var browser = host.Browser();

        using var answer = await browser.GetAsync($"/api/v1/keys?access_token={AccessHost.AdminKey}");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_second_start_with_the_same_key_makes_nothing_and_revives_nothing()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        await host.AskAsync<object>("UPDATE api_keys SET revoked_at = now()");

        await host.BootstrapAgainAsync();

        using var program = host.Program(AccessHost.AdminKey);
        using var answer = await program.GetAsync("/api/v1/keys", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(1L, await host.AskAsync<long>("SELECT count(*) FROM api_keys"));
    }
}
