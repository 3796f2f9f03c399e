using AgentControl.Engine.Access;
using AgentControl.TestKit;
using AgentControl.Web.Notifications;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

/// <summary>The feed of notifications, and the bell.</summary>
public sealed class FeedPageTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly Guid Maria = Guid.Parse("00000000-0000-0000-0000-0000000000a1");

    [Fact]
    public async Task Where_nothing_was_told_the_page_says_so()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = bundle.Render<FeedPage>();
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "Nothing was told yet.",
                    page.Find("[data-testid=empty]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Equal("true", page.Find("[data-testid=mark-all]").GetAttribute("aria-disabled"));
    }

    [Fact]
    public async Task News_stand_by_day_are_counted_at_the_bell_and_read_once_for_a_person_alone()
    {
        await using var bundle = await BundleAsync();
        await TellAsync(bundle, "pay-suppliers", "needsPerson", daysAgo: 1);
        var today = await TellAsync(bundle, "close-books", "completed");
        var page = bundle.Render<FeedPage>();
        var bell = bundle.Render<Bell>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("li[data-read=false]").Count), Patience);
        Assert.Equal(["Today", "Yesterday"], page.FindAll("h2").Select(h => h.TextContent));
        Assert.Equal("/jobs/j_1", page.Find("li a").GetAttribute("href"));
        bell.WaitForAssertion(
            () => Assert.StartsWith("2", bell.Find("[data-testid=unread-count]").TextContent, StringComparison.Ordinal),
            Patience
        );
        Assert.DoesNotContain("ac-count--person", bell.Markup, StringComparison.Ordinal);

        await page.InvokeAsync(() => page.Find("li button").Click());

        page.WaitForAssertion(() => Assert.Single(page.FindAll("li[data-read=false]")), Patience);
        bundle.Feed.Publish(LiveTopic.Notifications);
        bell.WaitForAssertion(
            () => Assert.StartsWith("1", bell.Find("[data-testid=unread-count]").TextContent, StringComparison.Ordinal),
            Patience
        );
        Assert.Equal(
            1,
            await bundle.CountAsync(
                $"SELECT count(*) FROM notification_reads WHERE notification_id = '{today}' AND person_id = '{Maria}'"
            )
        );
    }

    [Fact]
    public async Task Others_workspaces_are_neither_shown_nor_counted_nor_marked()
    {
        await using var bundle = await BundleAsync();
        var hidden = await TellAsync(bundle, "secret-audit", "failed", workspace: "vault");
        await TellAsync(bundle, "close-books", "completed");
        (bundle.Role, bundle.OnlyIn) = (Role.Viewer, "default");
        var page = bundle.Render<FeedPage>();
        var bell = bundle.Render<Bell>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("li")), Patience);
        Assert.DoesNotContain("secret-audit", page.Markup, StringComparison.Ordinal);
        bell.WaitForAssertion(
            () => Assert.StartsWith("1", bell.Find("[data-testid=unread-count]").TextContent, StringComparison.Ordinal),
            Patience
        );

        await page.InvokeAsync(() => page.Find("[data-testid=mark-all]").Click());

        page.WaitForAssertion(() => Assert.Empty(page.FindAll("li[data-read=false]")), Patience);
        Assert.Equal(
            0,
            await bundle.CountAsync($"SELECT count(*) FROM notification_reads WHERE notification_id = '{hidden}'")
        );
        Assert.False(
            await bundle
                .Services.GetRequiredService<Engine.Notifications.NotificationFeed>()
                .MarkAsync(hidden, bundle.Caller, default)
        );
    }

    [Fact]
    public async Task What_comes_while_somebody_reads_appears_and_stays_unread_when_the_rest_is_marked()
    {
        await using var bundle = await BundleAsync();
        await TellAsync(bundle, "close-books", "completed");
        var page = bundle.Render<FeedPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("li")), Patience);
        await TellAsync(bundle, "newer", "failed");

        await page.InvokeAsync(() => page.Find("[data-testid=mark-all]").Click());

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("li").Count), Patience);
        Assert.Equal("failed", page.Find("li[data-read=false]").GetAttribute("data-kind"));
        await TellAsync(bundle, "newest", "failed");
        bundle.Feed.Publish(LiveTopic.Notifications);
        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("li").Count), Patience);
    }

    [Fact]
    public async Task The_address_filters_by_kind_and_by_what_is_unread_and_old_news_count_as_read_for_who_came_later()
    {
        await using var bundle = await BundleAsync();
        await TellAsync(bundle, "before-maria", "failed", daysAgo: 20);
        await TellAsync(bundle, "close-books", "completed");
        await TellAsync(bundle, "pay-suppliers", "failed");
        bundle.Services.GetRequiredService<NavigationManager>().NavigateTo("/notifications?kind=failed&show=unread");
        var page = bundle.Render<FeedPage>();
        page.WaitForAssertion(
            () => Assert.Contains("pay-suppliers failed", page.Find("li").TextContent, StringComparison.Ordinal),
            Patience
        );
        Assert.Single(page.FindAll("li"));
        Assert.Equal(["Failed", "Unread only"], page.FindAll(".ac-filter[aria-current]").Select(f => f.TextContent));
    }

    private async Task<PageBundle> BundleAsync()
    {
        var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.ExecuteAsync(
            """
            INSERT INTO users (id, user_name, display_name, email, created_at, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count)
            VALUES ($1, 'maria', 'Maria', 'maria@example.org', now() - interval '10 days', false, false, false, false, 0)
            """,
            Maria
        );
        bundle.PersonId = Maria;
        return bundle;
    }

    private static async Task<Guid> TellAsync(
        PageBundle bundle,
        string job,
        string kind,
        int daysAgo = 0,
        string workspace = "default"
    )
    {
        var id = Guid.CreateVersion7();
        await bundle.ExecuteAsync(
            """
            INSERT INTO notifications (id, channel, kind, job_id, workspace, message, state, attempts, created_at, sent_at)
            VALUES ($1, 'inApp', $2, gen_random_uuid(), $3,
                    json_build_object('id', $1, 'kind', $2, 'title', $4 || ' ' || $2, 'text', 'It took 3 s.', 'link', 'http://localhost:5080/jobs/j_1', 'at', '2026-11-27T00:00:00Z', 'to', '[]'::json)::text,
                    'sent', 0, now() - make_interval(days => $5), now() - make_interval(days => $5))
            """,
            id,
            kind,
            workspace,
            job,
            daysAgo
        );
        return id;
    }
}
