using System.Net;
using AgentControl.Engine.Access;
using AgentControl.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Access;

/// <summary>Guessing is slowed down, and nobody can be kept out by somebody else's guesses.</summary>
public sealed class LockOutTests(PostgresFixture postgres)
{
    private const string Home = "192.0.2.1";
    private const string Elsewhere = "198.51.100.7";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("maria")]
    [InlineData("nobody")]
    public async Task After_five_wrong_passwords_the_next_one_is_not_looked_at_whether_or_not_somebody_has_the_name(
        string name
    )
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("maria", Role.Admin);
        using var browser = host.Browser();
        for (var i = 0; i < 5; i++)
            Assert.Contains("Name or password is wrong.", await SaidAsync(browser, name, "wrong password"));

        Assert.Contains(
            "Too many wrong passwords. Try again in ",
            await SaidAsync(browser, name, "correct horse battery")
        );
        using var closed = await browser.GetAsync("/api/v1/keys");
        Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
    }

    [Fact]
    public async Task Another_name_and_another_address_are_not_touched()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var maria = await host.PersonAsync("maria", Role.Admin);
        await TriesAsync(host, "maria", Elsewhere, maria, 6);

        Assert.Null((await TryAsync(host, "maria", Home, maria)).Wait);
        Assert.Null((await TryAsync(host, "ben", Elsewhere, null)).Wait);
    }

    [Fact]
    public async Task Each_wait_is_twice_as_long_up_to_an_hour_and_trying_meanwhile_makes_it_no_longer()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var waits = new List<int>();
        await TriesAsync(host, "maria", Home, null, 5);
        for (var i = 0; i < 8; i++)
        {
            var began = await TryAsync(host, "maria", Home, null);
            Assert.True(began.Began);
            var again = await TryAsync(host, "maria", Home, null);
            Assert.False(again.Began);
            Assert.True(again.Wait <= began.Wait);
            waits.Add((int)Math.Round(began.Wait!.Value.TotalMinutes));
            await host.AskAsync<object>("UPDATE sign_in_guards SET locked_until = ac_now()");
            Assert.Null((await TryAsync(host, "maria", Home, null)).Wait);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], waits);
    }

    [Fact]
    public async Task A_right_password_and_a_day_of_rest_forget_what_was_wrong()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await TriesAsync(host, "maria", Home, null, 4);
        await host.Services.GetRequiredService<SignInGuard>().ForgetAsync("Maria ", Home, Now);
        await TriesAsync(host, "maria", Home, null, 5);
        Assert.NotNull((await TryAsync(host, "maria", Home, null)).Wait);

        await host.AskAsync<object>(
            "UPDATE sign_in_guards SET last_at = last_at - interval '25 hours', locked_until = locked_until - interval '25 hours'"
        );

        await TriesAsync(host, "maria", Home, null, 5);
    }

    [Fact]
    public async Task A_name_that_is_guessed_from_many_addresses_waits_everywhere_but_where_its_person_was_before()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var maria = await host.PersonAsync("maria", Role.Admin);
        await host
            .Services.GetRequiredService<SignIns>()
            .BeginAsync(new Actor($"person:{maria}", "maria"), maria, Home, "Firefox", SignIns.ByPassword, Now);
        for (var i = 1; i <= 10; i++)
            await TriesAsync(host, "maria", $"203.0.113.{i}", maria, 2);

        var attacker = await TryAsync(host, "maria", "203.0.113.99", maria);
        var owner = await TryAsync(host, "maria", Home, maria);

        Assert.Equal("name", attacker.What);
        Assert.NotNull(attacker.Wait);
        Assert.Null(owner.Wait);
    }

    [Fact]
    public async Task An_address_that_guesses_many_names_waits()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        for (var i = 0; i < 50; i++)
            Assert.Null((await TryAsync(host, $"name{i}", Elsewhere, null)).Wait);

        var stopped = await TryAsync(host, "another", Elsewhere, null);

        Assert.Equal(("address", true), (stopped.What, stopped.Began));
        Assert.Null((await TryAsync(host, "another", Home, null)).Wait);
    }

    [Fact]
    public async Task A_thousand_at_once_are_no_way_around()
    {
        await using var host = await AccessHost.StartAsync(postgres);

        var tries = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => TryAsync(host, "maria", Home, null)));

        Assert.Equal(5, tries.Count(t => t.Wait is null));
    }

    [Fact]
    public async Task A_wait_that_begins_is_told_once_and_no_typed_name_is_kept()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("maria", Role.Admin);
        using var browser = host.Browser();
        for (var i = 0; i < 9; i++)
        {
            await SaidAsync(browser, "maria", "wrong password");
            await SaidAsync(browser, "hunter2", "maria");
        }

        Assert.Equal(
            5L,
            await host.AskAsync<long>("SELECT count(*) FROM audit_log WHERE action = 'person.signInFailed'")
        );
        Assert.Equal(1L, await host.AskAsync<long>("SELECT count(*) FROM audit_log WHERE action = 'person.lockedOut'"));
        Assert.Equal(0L, await host.AskAsync<long>("SELECT count(*) FROM audit_log a WHERE a::text ILIKE '%hunter2%'"));
        Assert.Equal(
            0L,
            await host.AskAsync<long>("SELECT count(*) FROM sign_in_guards g WHERE g::text ILIKE '%hunter2%'")
        );
    }

    private static async Task<string> SaidAsync(Browser browser, string name, string password)
    {
        using var answer = await browser.SignInAsync(name, password);
        return await answer.Content.ReadAsStringAsync(Now);
    }

    private static async Task TriesAsync(AccessHost host, string name, string address, Guid? person, int count)
    {
        for (var i = 0; i < count; i++)
            await TryAsync(host, name, address, person);
    }

    private static Task<SignInTry> TryAsync(AccessHost host, string name, string address, Guid? person) =>
        host.Services.GetRequiredService<SignInGuard>().TryAsync(name, address, person, Now);
}
