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
