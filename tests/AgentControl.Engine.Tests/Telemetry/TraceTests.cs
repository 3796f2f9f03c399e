using AgentControl.Core.Agents;
using AgentControl.Core.Jobs;
using AgentControl.Core.Services;
using AgentControl.Core.Steps;
using AgentControl.Engine.Telemetry;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AgentControl.Engine.Tests.Telemetry;

/// <summary>Jobs as traces at a real receiver.</summary>
public sealed class TraceTests(PostgresFixture postgres)
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Submitter = "00f067aa0ba902b7";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_a_trace_of_its_submitter_over_a_crash_and_a_long_wait_and_no_span_comes_twice()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var first = true;
        var calls = 0;
        EngineProcess? process = null;
        var agent = TestAgent.Of(
            async (input, job, _) =>
            {
                if (input.TryGetProperty("child", out var _))
                    return await job.StepAsync("leaf", _ => Task.FromResult(1));
                await job.StepAsync("before", _ => Task.FromResult(1));
                if (first)
                {
                    first = false;
                    await process!.LoseWorkerAsync(job.Job.Id, job.Job.Attempt);
                    throw new InvalidOperationException("A zombie says nothing.");
                }
                await job.StepAsync(
                    "ask",
                    _ =>
                        Interlocked.Increment(ref calls) < 3
                            ? throw new ServiceException("down", new ServiceFault { Status = 503 })
                            : Task.FromResult(1),
                    new() { Service = "erp" }
                );
                await job.SleepAsync(TimeSpan.FromDays(3));
                var children = await job.SpawnAsync("test", [new Dictionary<string, int> { ["child"] = 1 }]);
                await job.ChildResultsAsync(children);
                try
                {
                    await job.StepAsync<int>(
                        "breaks",
                        _ => throw new PermanentFailureException("bad", "The list is empty.")
                    );
                }
                catch (StepFailedException)
                {
                    return 2;
                }
                return 1;
            }
        );
        var settings = new Dictionary<string, string?>
        {
            ["AgentControl:Telemetry:Endpoint"] = receiver.Address,
            ["AgentControl:Telemetry:Headers"] = "x-token=se%20cret",
            ["AgentControl:Services:erp:Retry:BaseDelaySeconds"] = "0.01",
        };
        Guid job;
        await using (var engine = process = await EngineProcess.StartAsync(database, [agent], settings))
        {
            // Busy at first: what it did not take comes again.
            receiver.Refusals.Enqueue(503);
            await receiver.UntilAsync(_ => true);
            job = await engine.SubmitAsync("test", new { }, j => j with { Traceparent = $"00-{Trace}-{Submitter}-01" });
            await engine.UntilTrueAsync(
                job,
                $"SELECT count(*) = 1 FROM waits WHERE job_id = '{job}' AND kind = 'timer'"
            );
            await engine.UntilAsync(job, "waiting");
        }
        // Days later, in another process.
        await using var other = process = await EngineProcess.StartAsync(database, [agent], settings);
        await other.ShiftClockAsync("4 days");
        await other.UntilAsync(job, "succeeded");
        // What the receiver refused at first may come behind the root.
        await receiver.UntilAsync(spans =>
            spans.Any(span => span.ParentId == Submitter)
            && spans.FirstOrDefault(span => span.Name == "leaf") is { } last
            && spans.Any(span => span.SpanId == last.ParentId)
        );

        var spans = receiver.Spans.ToList();
        Assert.All(spans, span => Assert.Equal(Trace, span.TraceId));
        Assert.Equal(spans.Count, spans.Select(span => span.SpanId).Distinct().Count());
        var root = spans.Single(span => span.ParentId == Submitter);
        Assert.Equal(job.ToString(), root.Attributes["agentcontrol.job.id"]);
        Assert.InRange((root.End - root.Start).TotalDays, 3.9, 4.1);
        Assert.Equal(0, root.Status);
        // The replay of 'before' in three attempts made no span of its own.
        Assert.Equal(["ask", "before", "breaks"], Names("before", "ask", "breaks"));
        var ask = spans.Single(span => span.Name == "ask");
        Assert.Equal(
            (3L, "erp", "3"),
            (ask.Kind, ask.Attributes["peer.service"], ask.Attributes["agentcontrol.step.attempts"])
        );
        Assert.Equal(["retry", "retry"], ask.Moments);
        var broken = spans.Single(span => span.Name == "breaks");
        Assert.Equal(2, broken.Status);
        Assert.Contains("The list is empty.", broken.StatusMessage, StringComparison.Ordinal);
        Assert.All(new[] { ask, broken }, span => Assert.Equal(root.SpanId, span.ParentId));
        var leaf = spans.Single(span => span.Name == "leaf");
        var child = spans.Single(span => span.SpanId == leaf.ParentId);
        Assert.Equal(root.SpanId, child.ParentId);
        Assert.All(
            receiver.Requests,
            request => Assert.Equal(("/v1/traces", "application/x-protobuf", "se cret"), request)
        );

        string[] Names(params string[] wanted) =>
            [.. spans.Select(span => span.Name).Where(wanted.Contains).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task A_job_without_a_trace_is_its_own_and_one_that_is_not_sampled_is_not_sent()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var agent = TestAgent.Of(async job => await job.StepAsync("only", _ => Task.FromResult(1)));
        await using var engine = await EngineProcess.StartAsync(
            database,
            [agent],
            new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Address }
        );
        await engine.UntilTrueAsync(Guid.Empty, "SELECT EXISTS (SELECT FROM trace_cursor)");
        var hidden = await engine.SubmitAsync(
            "test",
            new { },
            j => j with { Traceparent = $"00-{Trace}-{Submitter}-00" }
        );
        await engine.UntilAsync(hidden, "succeeded");
        var broken = await engine.SubmitAsync("test", new { }, j => j with { Traceparent = "no trace at all" });
        await engine.UntilAsync(broken, "succeeded");
        await receiver.UntilAsync(spans => spans.Count == 2);
        Assert.All(receiver.Spans, span => Assert.Equal(broken.ToString("N"), span.TraceId));
    }

    [Fact]
    public async Task Without_a_receiver_nothing_reads_the_log()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, []);
        Assert.DoesNotContain(engine.Services.GetServices<IHostedService>(), s => s is TraceCourier or StateLoop);
        Assert.Equal(0L, await engine.ScalarAsync<long>("SELECT count(*) FROM trace_cursor"));
    }

    [Theory]
    [InlineData("AgentControl:Telemetry:Endpoint", "localhost:4318", "AgentControl:Telemetry:Endpoint")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "grpc", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("AgentControl:Telemetry:Headers", "token", "AgentControl:Telemetry:Headers")]
    [InlineData("AgentControl:Telemetry:OpenMetrics", "maybe", "AgentControl:Telemetry:OpenMetrics")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "OTEL_EXPORTER_OTLP_PROTOCOL")]
    public void A_setting_that_cannot_be_used_is_named(string key, string value, string named)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://localhost:4318",
                    [key] = value,
                }
            )
            .Build();
        var refused = Assert.Throws<InvalidOperationException>(() => TelemetryOptions.Read(configuration));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }
}
