using System.Net;
using AgentControl.TestKit;

namespace AgentControl.Web.Tests.Access;

public sealed class BootstrapTests(PostgresFixture postgres)
{
    private const string Email = "AgentControl:Bootstrap:AdminEmail";
    private const string Password = "AgentControl:Bootstrap:AdminPassword";
    private const string Hashes = "SELECT string_agg(password_hash, ',') FROM users";

    [Fact]
    public async Task A_configured_admin_signs_in_and_no_link_is_printed()
    {
        await using var host = await AccessHost.StartAsync(
            postgres,
            null,
            (Email, "maria@example.com"),
            (Password, "correct horse battery")
        );
        using var browser = host.Browser();

        (await browser.SignInAsync("maria@example.com")).Dispose();

        using var keys = await browser.GetAsync("/api/v1/keys");
        using var setup = await browser.GetAsync("/setup");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (keys.StatusCode, setup.StatusCode));
        Assert.Null(host.SetupLink);
    }

    [Fact]
    public async Task A_later_start_changes_neither_password_nor_role_of_an_admin_that_is_there()
    {
        await using var host = await AccessHost.StartAsync(
            postgres,
            null,
            (Email, "maria@example.com"),
            (Password, "correct horse battery")
        );
        await host.AskAsync<object>("UPDATE grants SET role = 'viewer'");
        var hash = await host.AskAsync<string>(Hashes);

        await host.BootstrapAgainAsync();

        Assert.Equal(hash, await host.AskAsync<string>(Hashes));
        Assert.Equal("viewer", await host.AskAsync<string>("SELECT string_agg(role, ',') FROM grants"));
    }

    [Theory]
    [InlineData("AgentControl:Bootstrap:ApiKey", "short")]
    [InlineData(Email, "maria@example.com")]
    [InlineData(Password, "correct horse battery")]
    public async Task A_value_that_cannot_be_used_stops_the_start_and_is_named(string key, string value)
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            AccessHost.StartAsync(postgres, null, (key, value))
        );

        Assert.Contains(key, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_that_is_too_short_stops_the_start_and_is_named()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            AccessHost.StartAsync(postgres, null, (Email, "maria@example.com"), (Password, "short"))
        );

        Assert.Contains("AdminPassword", failure.Message, StringComparison.Ordinal);
        Assert.Contains("at least 8 characters", failure.Message, StringComparison.Ordinal);
    }
}
