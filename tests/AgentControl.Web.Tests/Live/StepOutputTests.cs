using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.LanguageModels;
using AgentControl.Simulation;
using AgentControl.Simulation.Faults;
using AgentControl.TestKit;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static AgentControl.Web.Tests.Fixtures.ProblemReading;

namespace AgentControl.Web.Tests.Live;

/// <summary>The words of a model reach whoever watches its job while it speaks, and are in no log.</summary>
public sealed class StepOutputTests(TalkingProgram program) : IClassFixture<TalkingProgram>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Those_who_watch_the_job_read_along_and_those_who_watch_everything_do_not()
    {
        using var end = new CancellationTokenSource(Patience);
        program.Simulator.Answers.ByRound(new Answer("alpha beta gamma delta"));
        program.Simulator.Faults.Add("hold", fault => fault with { AfterTokens = 3, Times = 1 });
        await using var watcher = await HubReader.ConnectAsync(program, ProgramFixture.AdminKey, end.Token);
        await using var all = await HubReader.ConnectAsync(program, ProgramFixture.AdminKey, end.Token);
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
        await watcher.Hub.InvokeAsync("WatchJob", id, end.Token);
        await all.Hub.InvokeAsync("WatchAll", end.Token);
        using var started = await program.Admin.PostAsync(
            new Uri($"jobs/{id}/run-now", UriKind.Relative),
            null,
            end.Token
        );

        // The model stands still in the middle of its sentence: what it has said is here already.
        await program.Simulator.Faults.HeldAsync(end.Token);
        var text = "";
        while (text != "alpha beta ")
            text += Piece(await watcher.UntilAsync(m => m.Target == "stepOutput", end.Token), id, text.Length);
        program.Simulator.Faults.Release();
        while (text != "alpha beta gamma delta")
            text += Piece(await watcher.UntilAsync(m => m.Target == "stepOutput", end.Token), id, text.Length);

        var seen = await all.UntilAsync(
            m => m.Target == "jobEvent" && m.Argument.Text("type") == "job.succeeded",
            end.Token
        );
        Assert.DoesNotContain(seen, m => m.Target == "stepOutput");
        Assert.DoesNotContain(seen, m => m.Argument.GetRawText().Contains("gamma", StringComparison.Ordinal));
    }

    private static string Piece(List<(string Target, JsonElement Argument)> seen, string job, int from)
    {
        var output = seen[^1].Argument;
        Assert.Equal(
            (job, "ask#1", 1),
            (output.Text("jobId"), output.Text("key"), output.GetProperty("attempt").GetInt32())
        );
        Assert.Equal(from, output.GetProperty("from").GetInt32());
        return output.Text("text")!;
    }
}

/// <summary>The program with a simulated provider and an agent that asks it.</summary>
public sealed class TalkingProgram(PostgresFixture postgres) : ProgramFixture(postgres)
{
    public ProviderSimulator Simulator { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Simulator = await ProviderSimulator.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Simulator.DisposeAsync();
    }

    protected override void Configure(WebApplicationBuilder builder)
    {
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["AgentControl:Providers:anthropic:ApiKey"] = "key",
                ["AgentControl:Providers:anthropic:BaseUrl"] = Simulator.Address.AbsoluteUri,
                ["AgentControl:Models:talk:Primary"] = "anthropic:sim-1",
            }
        );
        builder.Services.AddSingleton(
            AgentDefinition.Of<TalkingAgent, JsonElement, string>(services => new TalkingAgent(
                services.GetRequiredService<IModels>()
            ))
        );
    }
}

[Agent("talker", "1")]
internal sealed class TalkingAgent(IModels models) : IAgent<JsonElement, string>
{
    public async Task<string> RunAsync(JsonElement input, IJobContext job, CancellationToken cancellationToken)
    {
        await job.AskModelAsync(models, "ask", "talk", ModelRequest.Of("Speak"));
        return "said";
    }
}
