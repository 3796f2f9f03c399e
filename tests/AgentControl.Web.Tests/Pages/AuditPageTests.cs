using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using AgentControl.TestKit;
using AgentControl.Web.Audit;
using AgentControl.Web.Shared;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

/// <summary>New lines of the audit log are counted, and shown when a person asks for them.</summary>
public sealed class AuditPageTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Now => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task New_lines_wait_behind_their_count_and_move_nothing_that_is_being_read()
    {
        await using var bundle = await BundleAsync();
        await WriteAsync(bundle, "queue.changed", "queue:one");
        var page = Open(bundle, "/audit");
        page.WaitForAssertion(() => Assert.Equal(["queue one"], Targets(page)), Patience);

        await WriteAsync(bundle, "queue.changed", "queue:two");
        await WriteAsync(bundle, "queue.changed", "queue:three");
        bundle.Feed.Publish(LiveTopic.Audit);
        page.WaitForAssertion(() => Assert.Equal("2 new", NewText(page)), Patience);
        Assert.Equal(["queue one"], Targets(page));

        Go(bundle, page.Find("[data-line] a[aria-expanded]").GetAttribute("href")!);
        page.WaitForElement("[data-testid=audit-detail]", Patience);
        Assert.Equal(["queue one"], Targets(page));
        Assert.Equal("2 new", NewText(page));

        page.Press("[data-testid=new-count]", Patience);
        page.WaitForAssertion(() => Assert.Equal(["queue three", "queue two", "queue one"], Targets(page)), Patience);
        Assert.Empty(page.FindAll("[data-testid=new-count]"));
    }

    [Fact]
    public async Task Only_lines_that_the_filter_finds_are_counted_and_only_on_the_first_page()
    {
        await using var bundle = await BundleAsync();
        for (var i = 0; i <= AuditView.PageSize; i++)
            await WriteAsync(bundle, "key.created", $"key:{i}");
        var page = Open(bundle, "/audit?action=key.created");
        page.WaitForAssertion(() => Assert.Equal(AuditView.PageSize, Targets(page).Count()), Patience);
        var older = page.Find("[data-testid=next-page]").GetAttribute("href")!;

        await WriteAsync(bundle, "queue.changed", "queue:one");
        await WriteAsync(bundle, "key.created", "key:new");
        bundle.Feed.Publish(LiveTopic.Audit);
        page.WaitForAssertion(() => Assert.Equal("1 new", NewText(page)), Patience);

        Go(bundle, older);
        page.WaitForAssertion(() => Assert.Equal(["key 0"], Targets(page)), Patience);
        Assert.Empty(page.FindAll("[data-testid=new-count]"));
    }

    [Fact]
    public void A_line_that_takes_its_place_between_others_is_counted_and_the_count_ends_at_one_page()
    {
        var lines = Enumerable.Range(0, AuditView.PageSize + 1).Select(_ => Line()).ToList();
        var view = new AuditView();
        view.Reset(lines);
        Assert.Equal(lines[AuditView.PageSize - 1].Id, view.Next);

        Assert.False(view.CountNew(lines));
        Assert.Equal(0, view.New);

        Assert.True(view.CountNew([lines[0], Line(), .. lines.Skip(1).SkipLast(1)]));
        Assert.Equal("1 new", view.NewText);

        Assert.True(view.CountNew([.. Enumerable.Range(0, AuditView.PageSize + 1).Select(_ => Line())]));
        Assert.Equal($"{AuditView.PageSize}+ new", view.NewText);
        Assert.Equal(lines.Take(AuditView.PageSize), view.Lines);
    }

    private static AuditLine Line() =>
        new(
            Guid.NewGuid(),
            DateTimeOffset.UnixEpoch,
            "system",
            "AgentControl",
            null,
            "key.created",
            "key:1",
            null,
            null,
            null,
            null,
            null
        );

    private async Task<PageBundle> BundleAsync()
    {
        var bundle = await PageBundle.CreateAsync(fixture);
        bundle.Services.AddSingleton<AuditQueries>();
        bundle.Services.AddSingleton<AuditChain>();
        return bundle;
    }

    private static async Task WriteAsync(PageBundle bundle, string action, string target)
    {
        await using var context = await bundle
            .Services.GetRequiredService<IDbContextFactory<ControlDbContext>>()
            .CreateDbContextAsync(Now);
        await context.AppendAsync(new(bundle.Caller.Actor, action, target), Now);
    }

    private static IRenderedComponent<AuditPage> Open(PageBundle bundle, string address)
    {
        Go(bundle, address);
        return bundle.Render<AuditPage>();
    }

    private static void Go(PageBundle bundle, string address) =>
        bundle.Services.GetRequiredService<NavigationManager>().NavigateTo(address);

    private static IEnumerable<string> Targets(IRenderedComponent<AuditPage> page) =>
        page.FindAll("[data-line] [data-card=line]").Select(cell => cell.TextContent.Trim());

    private static string NewText(IRenderedComponent<AuditPage> page) =>
        page.Find("[data-testid=new-count]").TextContent.Trim();
}
