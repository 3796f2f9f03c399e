using AgentControl.TestKit;
using AgentControl.Web.Jobs;
using AgentControl.Web.Jobs.New;
using AgentControl.Web.Overview;
using AgentControl.Web.Workspaces;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

/// <summary>What each page shows while its data are on their way, and when they cannot be read.</summary>
public sealed class PageStateTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Overview_Loading_ShowsRowsToComeThenTheOverview()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.SubmitAsync("one");
        var held = await bundle.HoldAsync("jobs");

        var page = bundle.Render<OverviewPage>();
        Loads(page);
        await held.DisposeAsync();

        Stands(page, "[data-testid=tiles]");
    }

    [Fact]
    public async Task Overview_Error_TriesAgain()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.SubmitAsync("one");
        await bundle.BreakAsync("jobs");

        var page = bundle.Render<OverviewPage>();
        Fails(page, "The overview could not be loaded.");
        await bundle.MendAsync("jobs");
        page.Press("[data-testid=error-panel] button", Patience);

        Stands(page, "[data-testid=tiles]");
    }

    [Fact]
    public async Task JobPage_Loading_ShowsRowsToComeThenTheJob()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("one");
        var held = await bundle.HoldAsync("jobs");

        var page = OpenJob(bundle, job);
        Loads(page);
        Assert.Equal("Job", page.Find("h1").TextContent);
        await held.DisposeAsync();

        Stands(page, "[data-testid=job-head]");
        page.WaitForAssertion(() => Assert.Equal("one", page.Find("h1").TextContent), Patience);
    }

    [Fact]
    public async Task JobPage_Error_TriesAgain()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("one");
        await bundle.BreakAsync("jobs");

        var page = OpenJob(bundle, job);
        Fails(page, "The job could not be loaded.");
        await bundle.MendAsync("jobs");
        page.Press("[data-testid=error-panel] button", Patience);

        Stands(page, "[data-testid=job-head]");
    }

    [Theory]
    [InlineData("timeline", "steps", "The timeline could not be loaded.")]
    [InlineData("events", "events", "Events could not be loaded.")]
    [InlineData("files", "workspace_files", "The files could not be loaded.")]
    [InlineData("comments", "workspace_comments", "The comments could not be loaded.")]
    public async Task JobTab_Error_LeavesTheHeadAndTriesAgain(string tab, string table, string says)
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("one");
        await bundle.BreakAsync(table);

        var page = OpenJob(bundle, job, tab);
        Fails(page, says);
        Assert.NotEmpty(page.FindAll("[data-testid=job-head]"));
        await bundle.MendAsync(table);
        page.Press("[data-testid=error-panel] button", Patience);

        Stands(page, "[data-testid=job-head]");
    }

    // The head reads the same tables: here they break once it stands.
    [Theory]
    [InlineData("checkpoints", "checkpoints", "Checkpoints could not be loaded.")]
    [InlineData("approvals", "approvals", "Approvals could not be loaded.")]
    [InlineData("io", "job_results", "Input and output could not be loaded.")]
    public async Task JobTab_ErrorAfterTheHead_TriesAgain(string tab, string table, string says)
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("one");
        var page = OpenJob(bundle, job, "events");
        Stands(page, "[data-testid=job-head]");

        await bundle.BreakAsync(table);
        page.Render(p => p.Add(c => c.Tab, tab));
        Fails(page, says);
        await bundle.MendAsync(table);
        page.Press("[data-testid=error-panel] button", Patience);

        Stands(page, "[data-testid=job-head]");
    }

    [Fact]
    public async Task NewJob_Loading_ShowsRowsToComeThenTheForm()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("before");
        var held = await bundle.HoldAsync("jobs");

        var page = OpenNew(bundle, $"/jobs/new?from={job}");
        Loads(page);
        await held.DisposeAsync();

        Stands(page, "#field-text");
        Assert.Equal("hello", page.Find("#field-text").GetAttribute("value"));
    }

    [Fact]
    public async Task NewJob_Error_TriesAgain()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("before");
        await bundle.BreakAsync("jobs");

        var page = OpenNew(bundle, $"/jobs/new?from={job}");
        Fails(page, "The form could not be made.");
        await bundle.MendAsync("jobs");
        page.Press("[data-testid=error-panel] button", Patience);

        Stands(page, "#field-text");
        Assert.Equal("before", page.Find("#new-name").GetAttribute("value"));
    }

    [Fact]
    public async Task Workspace_Loading_ShowsRowsToComeThenItsFiles()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var held = await bundle.HoldAsync("workspace_files, workspace_activity");

        var page = OpenWorkspace(bundle);
        Loads(page);
        await held.DisposeAsync();

        page.WaitForAssertion(() => Assert.Contains("No files yet", page.Markup, StringComparison.Ordinal), Patience);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-testid=skeleton]")), Patience);
    }

    [Fact]
    public async Task Workspace_Error_TriesAgain()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.BreakAsync("workspaces");

        var page = OpenWorkspace(bundle);
        Fails(page, "Your rights in this workspace could not be read.");
        await bundle.MendAsync("workspaces");
        page.Press("[data-testid=error-panel] button", Patience);

        Stands(page, "[data-testid=workspace]");
    }

    private static IRenderedComponent<JobPage> OpenJob(PageBundle bundle, Guid job, string? tab = null) =>
        bundle.Render<JobPage>(p => p.Add(c => c.Id, job.ToString()).Add(c => c.Tab, tab));

    private static IRenderedComponent<NewJobPage> OpenNew(PageBundle bundle, string address)
    {
        bundle.Services.GetRequiredService<BunitNavigationManager>().NavigateTo(address);
        return bundle.Render<NewJobPage>();
    }

    private static IRenderedComponent<WorkspacePage> OpenWorkspace(PageBundle bundle)
    {
        bundle.Services.GetRequiredService<BunitNavigationManager>().NavigateTo("/workspace/");
        return bundle.Render<WorkspacePage>();
    }

    private static void Loads(IRenderedComponent<IComponent> page)
    {
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=skeleton]")), Patience);
        Assert.Empty(page.FindAll("[data-testid=error-panel]"));
    }

    private static void Fails(IRenderedComponent<IComponent> page, string says)
    {
        page.WaitForAssertion(
            () =>
                Assert.Matches(
                    $"{says.Replace(".", "\\.", StringComparison.Ordinal)} \\(E-[0-9A-F]{{4}}\\)",
                    Assert.Single(page.FindAll("[data-testid=error-panel]")).TextContent
                ),
            Patience
        );
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-testid=skeleton]")), Patience);
    }

    private static void Stands(IRenderedComponent<IComponent> page, string part)
    {
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(part)), Patience);
        page.WaitForAssertion(
            () => Assert.Empty(page.FindAll("[data-testid=skeleton], [data-testid=error-panel]")),
            Patience
        );
    }
}
