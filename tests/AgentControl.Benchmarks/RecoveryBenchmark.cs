using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Engine.Access;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Jobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentControl.Benchmarks;

/// <summary>16 jobs of 100 steps, <c>kill -9</c> in the middle: how long until all are done after the next start, and what ran twice.</summary>
internal static class RecoveryBenchmark
{
    private const int Jobs = 16;
    private const int Steps = 100;
    private static readonly TimeSpan StepTime = TimeSpan.FromMilliseconds(10);

    /// <summary>The first argument of the process that is killed.</summary>
    public const string WorkerArgument = "recovery-worker";

    public static async Task<IEnumerable<Figure>> RunAsync()
    {
        var directory = Directory.CreateTempSubdirectory("agentcontrol-bench-").FullName;
        var trace = Path.Combine(directory, "steps.txt");
        try
        {
            using var first = Start(directory, trace, submit: true);
            var connectionString = (await first.StandardOutput.ReadLineAsync())!;
            await using var database = NpgsqlDataSource.Create(connectionString);
            await UntilAsync(
                database,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"SELECT count(*) = {Jobs} AND sum(steps) > {Jobs * Steps / 2} FROM job_runs"
                )
            );
            first.Kill();
            await first.WaitForExitAsync();
            var recorded = (
                await ListAsync(database, "SELECT job_id || ' ' || key FROM steps WHERE state = 'completed'")
            ).ToHashSet(StringComparer.Ordinal);
            var cut = (await File.ReadAllLinesAsync(trace)).Length - recorded.Count;

            var since = Stopwatch.GetTimestamp();
            using var second = Start(directory, trace, submit: false);
            await second.StandardOutput.ReadLineAsync();
            var ready = Stopwatch.GetElapsedTime(since);
            await UntilAsync(
                database,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"SELECT count(*) = {Jobs} FROM job_runs WHERE state = 'succeeded'"
                )
            );
            var done = Stopwatch.GetElapsedTime(since);
            var runs = (await File.ReadAllLinesAsync(trace)).GroupBy(l => l, StringComparer.Ordinal).ToArray();
            // The database stops with its program.
            second.StandardInput.Close();
            await second.WaitForExitAsync();
            var left = (Jobs * Steps - recorded.Count) / (double)Jobs * StepTime.TotalSeconds;
            return
            [
                new("recovery: start to ready", "s", ready.TotalSeconds, null, null, "", ""),
                new(
                    "recovery: start to all jobs done",
                    "s",
                    done.TotalSeconds,
                    left,
                    "the steps that were left",
                    "",
                    ""
                ),
                new(
                    "recovery: recorded steps that ran twice",
                    "",
                    runs.Count(r => r.Count() > 1 && recorded.Contains(r.Key)),
                    null,
                    null,
                    "0",
                    "0"
                ),
                new(
                    "recovery: cut-off steps that ran again",
                    "",
                    runs.Count(r => r.Count() > 1),
                    cut,
                    "steps cut off",
                    "16",
                    "16"
                ),
            ];
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The process that is killed: an engine on its own PostgreSQL, as the program without configuration is.</summary>
    public static async Task WorkAsync(string directory, string trace, bool submit)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("AgentControl:DataDirectory", directory)])
            .Build();
        await using var database = await ControlDatabase.OpenAsync(
            configuration,
            NullLogger.Instance,
            CancellationToken.None
        );
        var agent = AgentDefinition.Of<TracedAgent, JsonElement, bool>(_ => new TracedAgent(trace));
        await using var host = await BenchHost.StartAsync(
            database.ConnectionString,
            directory,
            workers: Jobs,
            [agent],
            database
        );
        if (submit)
        {
            var empty = JsonSerializer.SerializeToElement(new { });
            await host.Get<JobCommands>()
                .SubmitBatchAsync(
                    new(
                        new JobSubmission { Agent = "bench.traced", Input = empty },
                        [.. Enumerable.Repeat(empty, Jobs)]
                    ),
                    new Actor("person:bench", "bench"),
                    null,
                    CancellationToken.None
                );
        }
        Console.WriteLine(database.ConnectionString);
        await Console.In.ReadToEndAsync();
    }

    private static Process Start(string directory, string trace, bool submit)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [typeof(RecoveryBenchmark).Assembly.Location, WorkerArgument, directory, trace, submit ? "submit" : ""]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException("The worker did not start.");
    }

    private static async Task UntilAsync(NpgsqlDataSource database, string question)
    {
        var since = Stopwatch.GetTimestamp();
        while (!(await ListAsync(database, question)).Contains("True"))
        {
            if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromMinutes(2))
                throw new TimeoutException($"Not within two minutes: {question}");
            await Task.Delay(10);
        }
    }

    private static async Task<List<string>> ListAsync(NpgsqlDataSource database, string sql)
    {
        var values = new List<string>();
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            values.Add(reader.GetValue(0).ToString()!);
        return values;
    }

    [Agent("bench.traced", "1")]
    private sealed class TracedAgent(string trace) : IAgent<JsonElement, bool>
    {
        private static readonly Lock gate = new();

        public async Task<bool> RunAsync(JsonElement input, IJobContext job, CancellationToken cancellationToken)
        {
            for (var i = 0; i < Steps; i++)
                await job.StepAsync(
                    "work",
                    async call =>
                    {
                        lock (gate)
                            File.AppendAllText(trace, $"{job.Job.Id} {call.Key}\n");
                        await Task.Delay(StepTime, call.CancellationToken);
                        return true;
                    }
                );
            return true;
        }
    }
}
