using AgentControl.TestKit;
using AgentControl.Web.Notifications;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

public sealed class NotificationsPageTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A host of this machine, which the guard does not let be called.</summary>
    private static readonly Dictionary<string, string?> Channel = new()
    {
        ["AgentControl:Notifications:Channels:ops:type"] = "webhook",
        ["AgentControl:Notifications:Channels:ops:url"] = "http://127.0.0.1:9/hook",
        ["AgentControl:Notifications:Channels:ops:secret"] = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        ["AgentControl:Notifications:Channels:ops:on"] = "failed,needsPerson",
    };

    [Fact]
    public async Task Without_channels_the_page_says_so()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = bundle.Render<NotificationsPage>();
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "No channel is configured.",
                    page.Find("[data-testid=empty]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Contains("Nothing is lost", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_shows_the_real_answer_and_no_secret_is_on_the_page()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture, Channel);
        var page = bundle.Render<NotificationsPage>();
        page.WaitForAssertion(
            () => Assert.Equal("untried", page.Find("[data-channel=ops]").GetAttribute("data-state")),
            Patience
        );
        Assert.Contains(
            "failed, needs a person",
            page.Find("[data-channel=ops]").TextContent,
            StringComparison.Ordinal
        );

        await page.InvokeAsync(() => page.Find("[data-channel=ops] button").Click());

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "127.0.0.1 is no host of the public internet.",
                    page.Find("[data-testid=answer]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        page.WaitForAssertion(
            () => Assert.Equal("failing", page.Find("[data-channel=ops]").GetAttribute("data-state")),
            Patience
        );
        Assert.DoesNotContain("whsec_", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_given_up_is_sent_again()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture, Channel);
        var job = await bundle.SubmitAsync("close-books");
        await bundle.ExecuteAsync(
            """
            INSERT INTO notifications (id, channel, kind, job_id, workspace, message, state, attempts, created_at, answer)
            VALUES (gen_random_uuid(), 'ops', 'failed', $1, 'default',
                    '{"id":"019cdf4e-7d2a-7000-8000-000000000001","kind":"failed","title":"close-books failed","text":"","link":"http://localhost:5080/jobs/j_1","at":"2026-11-27T00:00:00Z","to":[]}',
                    'failed', 14, now(), '500 Internal Server Error')
            """,
            job
        );
        var page = bundle.Render<NotificationsPage>();
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "500 Internal Server Error",
                    page.Find("[data-testid=failures]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Equal("/jobs/j_1", page.Find("[data-testid=failures] a").GetAttribute("href"));

        await page.InvokeAsync(() => page.Find("[data-testid=failures] button").Click());

        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-testid=failures]")), Patience);
    }

    [Fact]
    public async Task An_admin_makes_a_channel_and_its_secret_is_encrypted_and_never_shown_again()
    {
        const string secret = "https://hooks.example.org/services/very-secret";
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var navigation = bundle.Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("/settings/notifications?channel=new:slack");
        var page = bundle.Render<NotificationsPage>();
        page.WaitForAssertion(() => page.Find("[data-testid=channel-form]"), Patience);

        await page.InvokeAsync(() => page.Find("[data-testid=channel-form]").Submit());
        page.WaitForAssertion(
            () =>
                Assert.StartsWith(
                    "Give an absolute https address",
                    page.Find("#channel-webhookUrl-e").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        await page.InvokeAsync(() => page.Find("#channel-name").Change("room"));
        await page.InvokeAsync(() => page.Find("#channel-webhookUrl").Change(secret));
        await page.InvokeAsync(() => page.Find("[data-testid=channel-form]").Submit());

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "hooks.example.org",
                    page.Find("[data-channel=room]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Equal(
            0,
            await bundle.CountAsync(
                "SELECT count(*) FROM notification_own_channels WHERE concat(settings, secrets) LIKE '%very-secret%'"
            )
        );
        Assert.Equal(0, await bundle.CountAsync("SELECT count(*) FROM audit_log a WHERE a::text LIKE '%very-secret%'"));
        navigation.NavigateTo("/settings/notifications?channel=room");
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "Kept",
                    page.Find("#channel-webhookUrl").GetAttribute("placeholder"),
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.DoesNotContain("very-secret", page.Markup, StringComparison.Ordinal);
        // What is left empty stays as it is.
        await page.InvokeAsync(() => page.Find("[data-testid=channel-form]").Submit());
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-testid=channel-form]")), Patience);
        Assert.Contains("hooks.example.org", page.Find("[data-channel=room]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_admin_makes_a_rule_reads_what_is_wrong_and_switches_it_off()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture, Channel);
        bundle.Services.GetRequiredService<NavigationManager>().NavigateTo("/settings/notifications?rule=new");
        var page = bundle.Render<NotificationsPage>();
        page.WaitForAssertion(() => page.Find("[data-testid=save-rule]"), Patience);

        await page.InvokeAsync(() => page.Find("form").Submit());
        page.WaitForAssertion(
            () => Assert.Contains("ops", page.Find("#rule-channel-e").TextContent, StringComparison.Ordinal),
            Patience
        );
        await page.InvokeAsync(() => page.Find("#rule-agents").Change("contracts, invoice"));
        await page.InvokeAsync(() => page.Find("#rule-channel").Change("ops"));
        await page.InvokeAsync(() => page.Find("form").Submit());

        page.WaitForAssertion(
            () =>
                Assert.StartsWith(
                    "needs a person, runs past 3 min, completed, failed, failed again of contracts, invoice → ops",
                    page.Find("[data-rule] td").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        await page.InvokeAsync(() => page.Find("[data-rule] button").Click());
        page.WaitForAssertion(() => Assert.Equal("Off", page.FindAll("[data-rule] td")[1].TextContent), Patience);
        Assert.Equal(
            2,
            await bundle.CountAsync("SELECT count(*) FROM audit_log WHERE action LIKE 'notificationRule.%'")
        );
    }
}
