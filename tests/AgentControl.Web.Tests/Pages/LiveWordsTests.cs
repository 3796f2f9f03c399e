using AgentControl.Engine.Live;
using AgentControl.Simulation;
using AgentControl.Simulation.Faults;
using AgentControl.Web.Jobs.Timeline;
using AgentControl.Web.Shared;
using AgentControl.Web.Tests.Fixtures;
using AgentControl.Web.Tests.Live;
using AgentControl.Web.Tests.Shared;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

/// <summary>The words of a model stand on its job's page while it speaks, and go when the step ends.</summary>
public sealed class LiveWordsTests(TalkingProgram program) : UiContext, IClassFixture<TalkingProgram>
{
    private static CancellationToken Now => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_page_shows_what_the_model_of_its_job_says_and_nothing_of_another()
    {
        program.Simulator.Answers.ByRound(new Answer("alpha beta gamma delta"));
        program.Simulator.Faults.Add("hold", fault => fault with { AfterTokens = 3, Times = 1 });
        Services.AddSingleton(program.Services.GetRequiredService<StepOutputs>());
        var id = (
            await program.SubmitAsync(
                new
                {
                    agent = "talker",
                    input = new { },
                    runAt = "2099-01-01T00:00:00Z",
                }
            )
        ).Text("id")!;
        var own = Render<LiveWords>(p => p.Add(w => w.JobId, Guid.Parse(id)));
        var other = Render<LiveWords>(p => p.Add(w => w.JobId, Guid.NewGuid()));
        using var started = await program.Admin.PostAsync(new Uri($"jobs/{id}/run-now", UriKind.Relative), null, Now);

        await program.Simulator.Faults.HeldAsync(Now);
        await UntilAsync(() => own.FindAll(".words__text") is [var words] && words.TextContent == "alpha beta ");
        Assert.Contains("ask#1", own.Find("[data-testid=live-words]").TextContent, StringComparison.Ordinal);
        Assert.Empty(other.FindAll(".words"));

        program.Simulator.Faults.Release();
        await program.WaitForAsync(id, "succeeded");
        await UntilAsync(() => own.FindAll(".words") is []);
    }

    [Fact]
    public async Task What_was_left_out_is_marked_and_what_a_lost_worker_wrote_goes_when_the_job_is_taken_up()
    {
        var job = Guid.NewGuid();
        var page = Render<LiveWords>(p => p.Add(w => w.JobId, job));
        IStepOutputWatcher watcher = page.Instance;
        watcher.Hear(new(job, "ask#1", 1, 0, "alpha "));
        watcher.Hear(new(job, "ask#1", 1, 6, "beta "));
        watcher.Hear(new(job, "ask#1", 1, 900, "omega"));
        await UntilAsync(() =>
            page.FindAll(".words__text") is [var words] && words.TextContent == "alpha beta … omega"
        );

        page.Render(p => p.Add(w => w.Recoveries, 1));
        Assert.Empty(page.FindAll(".words"));
        watcher.Hear(new(job, "ask#1", 2, 0, "again"));
        await UntilAsync(() => page.FindAll(".words__text") is [var words] && words.TextContent == "again");
    }

    // The beat is the test's: nothing is drawn between two of them.
    private async Task UntilAsync(Func<bool> done)
    {
        while (!done())
        {
            Now.ThrowIfCancellationRequested();
            Clock.Advance(UiPulse.Interval);
            await Task.Delay(20, Now);
        }
    }
}
