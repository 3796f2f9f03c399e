using System.Diagnostics;
using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;

namespace AgentControl.Benchmarks;

/// <summary>What a step that calls a service costs beside a plain one, when nothing goes wrong.</summary>
internal static class ServiceBenchmark
{
    private const int Rounds = 10;
    private const int StepsPerRound = 200;
    private static readonly Actor By = new("person:bench", "bench");

    public static AgentDefinition Agent =>
        AgentDefinition.Of<CallingAgent, JsonElement, double[][]>(_ => new CallingAgent());

    public static async Task<IEnumerable<Figure>> RunAsync(BenchHost host)
    {
        var outcome = await host.Get<JobCommands>()
            .SubmitAsync(
                new JobSubmission { Agent = "bench.calling", Input = JsonSerializer.SerializeToElement(new { }) },
                By,
                null,
                CancellationToken.None
            );
        var job = ((SubmitOutcome.Accepted)outcome).Id;
        await host.UntilAsync($"SELECT state = 'succeeded' FROM job_runs WHERE job_id = '{job}'");
        var rounds = JsonSerializer.Deserialize<double[][]>(
            await host.ScalarAsync<string>(
                $"SELECT convert_from(output, 'UTF8') FROM job_results WHERE job_id = '{job}'"
            )
        )!;
        // The first rounds warm up; of the others the one in the middle by difference.
        var middle = rounds.Skip(Rounds / 2).OrderBy(r => r[1] - r[0]).ElementAt(Rounds / 4);
        return
        [
            new("service step with no fault, above a plain step", "ms", middle[1] - middle[0], null, null, "1", ""),
        ];
    }

    /// <summary>Times blocks of plain steps and of steps with a service in turn.</summary>
    [Agent("bench.calling", "1")]
    private sealed class CallingAgent : IAgent<JsonElement, double[][]>
    {
        public async Task<double[][]> RunAsync(JsonElement input, IJobContext job, CancellationToken cancellationToken)
        {
            var rounds = new double[Rounds][];
            for (var round = 0; round < Rounds; round++)
                rounds[round] = [await TimeAsync(job, new()), await TimeAsync(job, new() { Service = "bench" })];
            return rounds;
        }

        private static async Task<double> TimeAsync(IJobContext job, StepOptions options)
        {
            var since = Stopwatch.GetTimestamp();
            for (var i = 0; i < StepsPerRound; i++)
                await job.StepAsync("call", _ => Task.FromResult(i), options);
            return Stopwatch.GetElapsedTime(since).TotalMilliseconds / StepsPerRound;
        }
    }
}
