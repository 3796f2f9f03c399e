using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.TestKit;
using AgentControl.Web.Access;
using AgentControl.Web.Jobs.List;
using AgentControl.Web.Shell;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentControl.Web.Tests.Pages;

/// <summary>Jobs in "Go to…".</summary>
public sealed class JobGoToTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Now => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Jobs_are_found_behind_the_pages_by_the_beginning_of_name_or_short_id()
    {
        await using var bundle = await BundleAsync();
        var job = await bundle.SubmitAsync("Jolly import");
        await bundle.SubmitAsync("another");
        var shortId = (await bundle.Services.GetRequiredService<JobQueries>().SummaryAsync(job, Now))!.ShortId;
        var dialog = bundle.Render<GoToDialog>();

        dialog.Find("input").Input("jo");
        Assert.Equal("/jobs", Places(dialog)[0]);
        dialog.WaitForAssertion(() => Assert.Contains($"/jobs/{shortId}", Places(dialog)), Patience);
        Assert.Equal("/jobs", Places(dialog)[0]);
        var place = dialog.Find($"[data-href='/jobs/{shortId}']").TextContent;
        Assert.Contains("Jolly import", place, StringComparison.Ordinal);
        Assert.Contains($"Queued · {shortId}", place, StringComparison.Ordinal);

        dialog.Find("input").Input(shortId[..7].ToLowerInvariant());
        dialog.WaitForAssertion(() => Assert.Equal([$"/jobs/{shortId}"], Places(dialog)), Patience);

        dialog.Find("input").Input("zebra");
        dialog.WaitForAssertion(
            () => Assert.Contains("Nothing is named so", dialog.Markup, StringComparison.Ordinal),
            Patience
        );
    }

    [Fact]
    public async Task The_six_newest_are_offered_and_none_of_a_workspace_that_the_caller_may_not_look_into()
    {
        await using var bundle = await BundleAsync();
        foreach (var number in Enumerable.Range(1, 8))
            await bundle.SubmitAsync($"import {number}");
        var source = bundle.Services.GetServices<IGoToSource>().OfType<JobGoToSource>().Single();

        var found = await source.FindAsync(" Import ", Now);
        bundle.OnlyIn = "elsewhere";
        var hidden = await source.FindAsync("import", Now);
        bundle.IsGone = true;
        var gone = await source.FindAsync("import", Now);

        Assert.Equal([8, 7, 6, 5, 4, 3], found.Select(i => int.Parse(i.Text[^1..], null)));
        Assert.Empty(hidden);
        Assert.Empty(gone);
    }

    [Fact]
    public async Task Nobody_is_asked_before_the_typing_rests_nor_about_one_letter()
    {
        await using var bundle = await BundleAsync();
        var clock = new FakeTimeProvider();
        var asked = new Asked(bundle);
        var source = new JobGoToSource(bundle.Services.GetRequiredService<JobQueries>(), asked, clock);
        await bundle.SubmitAsync("import");

        using var next = new CancellationTokenSource();
        var first = source.FindAsync("im", next.Token);
        await next.CancelAsync();
        var second = source.FindAsync("imp", Now);
        clock.Advance(JobGoToSource.Rest - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, asked.Times);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("import", Assert.Single(await second).Text);
        Assert.Equal(1, asked.Times);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Empty(await source.FindAsync("i", Now));
    }

    [Fact]
    public async Task A_search_that_fails_says_so_and_leaves_the_pages()
    {
        await using var bundle = await BundleAsync();
        var dialog = bundle.Render<GoToDialog>();
        await bundle.BreakAsync("jobs");

        dialog.Find("input").Input("appr");
        dialog.WaitForAssertion(
            () => Assert.Matches(@"Jobs could not be searched \(E-[0-9A-F]{4}\)", dialog.Markup),
            Patience
        );
        Assert.Equal(["/approvals"], Places(dialog));

        await bundle.MendAsync("jobs");
        dialog.Find("input").Input("appro");
        dialog.WaitForAssertion(
            () => Assert.DoesNotContain("could not be searched", dialog.Markup, StringComparison.Ordinal),
            Patience
        );
    }

    private async Task<PageBundle> BundleAsync()
    {
        var bundle = await PageBundle.CreateAsync(fixture);
        // As the program registers them: pages first.
        var jobs = bundle.Services.Single(s => s.ServiceType == typeof(IGoToSource));
        bundle.Services.Remove(jobs);
        bundle.Services.AddScoped<IGoToSource, PageGoToSource>();
        ((ICollection<ServiceDescriptor>)bundle.Services).Add(jobs);
        return bundle;
    }

    private static string?[] Places(IRenderedComponent<GoToDialog> dialog) =>
        [.. dialog.FindAll("[role=option]").Select(o => o.GetAttribute("data-href"))];

    private sealed class Asked(ICallerAccessor caller) : ICallerAccessor
    {
        public int Times { get; private set; }

        public ValueTask<Caller?> CurrentAsync(CancellationToken cancellationToken)
        {
            Times++;
            return caller.CurrentAsync(cancellationToken);
        }
    }
}
