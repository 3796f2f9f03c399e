using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Jobs.Bulk;
using AgentControl.TestKit;
using AgentControl.Web.Jobs;
using AgentControl.Web.Jobs.Bulk;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

public sealed class BulkPagesTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static async Task<IRenderedComponent<JobsPage>> OpenJobsAsync(PageBundle bundle, int jobs)
    {
        for (var i = 0; i < jobs; i++)
            await bundle.SubmitAsync($"job-{i}");
        var page = bundle.Render<JobsPage>();
        page.WaitForAssertion(() => Assert.Equal(jobs, page.FindAll("[data-testid=job-row]").Count), Patience);
        return page;
    }

    private static async Task<BulkView> FreezeAsync(PageBundle bundle, string action, int jobs)
    {
        for (var i = 0; i < jobs; i++)
            await bundle.SubmitAsync($"job-{i}");
        return Assert
            .IsType<BulkOutcome.Taken>(
                await bundle
                    .Services.GetRequiredService<BulkCommands>()
                    .FreezeAsync(
                        new BulkWish(action) { Filter = JobFilter.None, Query = "everything" },
                        bundle.Caller,
                        default
                    )
            )
            .Bulk;
    }

    [Fact]
    public async Task Ticked_jobs_are_frozen_and_confirmed_on_a_page_of_their_own()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = await OpenJobsAsync(bundle, 3);
        Assert.Empty(page.FindAll("[data-testid=bulk-bar]"));
        await page.InvokeAsync(() => page.FindAll("[data-testid=job-row] input[type=checkbox]")[0].Change(true));
        await page.InvokeAsync(() => page.FindAll("[data-testid=job-row] input[type=checkbox]")[2].Change(true));
        Assert.StartsWith(
            "2 selected",
            page.Find("[data-testid=bulk-bar]").TextContent.Trim(),
            StringComparison.Ordinal
        );

        page.Press("[data-testid=bulk-pause]", Patience);

        var navigation = bundle.Services.GetRequiredService<BunitNavigationManager>();
        page.WaitForAssertion(() => Assert.Contains("/jobs/bulk/", navigation.Uri, StringComparison.Ordinal), Patience);
        var id = Guid.Parse(navigation.Uri[^36..]);
        var bulk = await bundle.Services.GetRequiredService<BulkQueries>().FindAsync(id);
        Assert.Equal(("asked", 2, "pause"), (bulk!.State, bulk.Total, bulk.Action));
    }

    [Fact]
    public async Task All_that_match_are_taken_by_the_search_and_not_by_the_page()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = await OpenJobsAsync(bundle, 3);
        await page.InvokeAsync(() => page.FindAll("[data-testid=job-row] input[type=checkbox]")[0].Change(true));
        page.Press("[data-testid=select-all-matching]", Patience);
        Assert.StartsWith(
            "3 selected",
            page.Find("[data-testid=bulk-bar]").TextContent.Trim(),
            StringComparison.Ordinal
        );
        // Leaving one out is a choice of single jobs again.
        await page.InvokeAsync(() => page.FindAll("[data-testid=job-row] input[type=checkbox]")[1].Change(false));
        Assert.StartsWith(
            "2 selected",
            page.Find("[data-testid=bulk-bar]").TextContent.Trim(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Without_the_role_the_bar_is_locked_with_the_reason()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        bundle.Role = Role.Viewer;
        var page = await OpenJobsAsync(bundle, 1);
        await page.InvokeAsync(() => page.Find("[data-testid=job-row] input[type=checkbox]").Change(true));
        page.WaitForAssertion(
            () => Assert.Equal("Needs the Operator role", page.Find("[data-testid=bulk-cancel]").GetAttribute("title")),
            Patience
        );
        Assert.True(page.Find("[data-testid=bulk-cancel]").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Many_jobs_are_confirmed_by_their_number_and_nothing_happens_before()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var bulk = await FreezeAsync(bundle, "cancel", 25);
        var page = bundle.Render<BulkPage>(p => p.Add(c => c.Id, bulk.Id));
        page.WaitForElement("#bulk-count", Patience);
        Assert.True(page.Find("[data-testid=start]").HasAttribute("disabled"));
        await page.InvokeAsync(() => page.Find("#bulk-count").Input("24"));
        Assert.True(page.Find("[data-testid=start]").HasAttribute("disabled"));
        await page.InvokeAsync(() => page.Find("#bulk-count").Input("25"));
        Assert.Equal("Cancel 25 jobs", page.Find("[data-testid=start]").TextContent);
        await page.InvokeAsync(() => page.Find("form").Submit());
        page.WaitForElement("[data-testid=abort]", Patience);
        Assert.Contains(
            "0 done · 0 refused · 25 left of 25",
            page.Find("[data-testid=bulk-counts]").TextContent,
            StringComparison.Ordinal
        );
        page.Press("[data-testid=abort]", Patience);
        page.WaitForElement("[data-state=aborted]", Patience);
    }

    [Fact]
    public async Task Few_jobs_need_no_number_and_an_unknown_set_says_so()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var bulk = await FreezeAsync(bundle, "retry", 2);
        var page = bundle.Render<BulkPage>(p => p.Add(c => c.Id, bulk.Id));
        page.WaitForElement("[data-testid=start]", Patience);
        Assert.Empty(page.FindAll("#bulk-count"));
        Assert.False(page.Find("[data-testid=start]").HasAttribute("disabled"));
        var none = bundle.Render<BulkPage>(p => p.Add(c => c.Id, Guid.NewGuid()));
        none.WaitForAssertion(
            () => Assert.Contains("There is no such action", none.Markup, StringComparison.Ordinal),
            Patience
        );
    }
}
