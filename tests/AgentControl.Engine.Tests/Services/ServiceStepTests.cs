using System.Net;
using AgentControl.Core.Agents;
using AgentControl.Core.Services;
using AgentControl.Core.Steps;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Services;

/// <summary>Steps that call a service: short retries on the spot, long ones parked, limits of time, and failures that are not tried again.</summary>
public sealed class ServiceStepTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private static readonly StepOptions _quick = new() { Service = SharedEngine.QuickService, Kind = "tool" };
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Short_retries_hold_the_branch_and_are_told_one_by_one()
    {
        var calls = new List<(string Id, int Attempt)>();
        var job = await shared.StartAsync(async context =>
            await context.StepAsync(
                "ask",
                call =>
                {
                    calls.Add((call.StepId, call.Attempt));
                    return calls.Count < 3 ? throw Answered(503) : Task.FromResult(calls.Count);
                },
                _quick
            )
        );
        await engine.UntilAsync(job, "succeeded");

        Assert.Equal([1, 2, 3], calls.Select(c => c.Attempt));
        Assert.Single(calls.Select(c => c.Id).Distinct());
        Assert.Equal(
            "1 3 2 quick",
            await engine.ScalarAsync<string>(
                $"SELECT r.epoch || ' ' || s.attempt || ' ' || r.retries || ' ' || s.service FROM job_runs r JOIN steps s USING (job_id) WHERE job_id = '{job}'"
            )
        );
        var delays = await DelaysAsync(job);
        Assert.Equal(2, delays.Length);
        Assert.InRange(delays[0], 0.04, 0.06);
        Assert.InRange(delays[1], 0.08, 0.12);
        Assert.Equal(
            "quick answered 503: Service Unavailable|unavailable",
            await engine.ScalarAsync<string>(
                $"SELECT DISTINCT (data::jsonb ->> 'reason') || '|' || (data::jsonb ->> 'kind') FROM events WHERE job_id = '{job}' AND type = 'step.retrying'"
            )
        );
    }

    [Fact]
    public async Task A_wait_that_the_service_asks_for_holds_no_worker_and_the_count_goes_on_behind_it()
    {
        var calls = new List<int>();
        var job = await shared.StartAsync(async context =>
            await context.StepAsync(
                "ask",
                call =>
                {
                    calls.Add(call.Attempt);
                    return calls.Count == 1
                        ? throw Answered(429, after: TimeSpan.FromSeconds(40))
                        : Task.FromResult("there");
                },
                _quick
            )
        );
        await engine.UntilAsync(job, "waiting");
        Assert.Equal(
            "retrying retry true",
            await engine.ScalarAsync<string>(
                $"SELECT r.label || ' ' || r.waiting_kind || ' ' || (w.due_at - w.since BETWEEN interval '39.9 s' AND interval '40.1 s') FROM job_runs r JOIN waits w USING (job_id) WHERE job_id = '{job}'"
            )
        );
        await engine.ShiftClockAsync("41 seconds");
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal([1, 2], calls);
    }

    [Theory]
    [InlineData(401, "denied", "quick answered 401: Unauthorized. Check the key of this service and what it may do.")]
    [InlineData(413, "tooLarge", "quick answered 413: Request Entity Too Large. Send less at once.")]
    public async Task What_cannot_get_better_is_asked_once_and_says_what_to_do(int status, string kind, string message)
    {
        var calls = 0;
        var job = await shared.StartAsync(async context =>
            await context.StepAsync<int>(
                "ask",
                _ =>
                {
                    calls++;
                    throw Answered(status);
                },
                _quick
            )
        );
        await engine.UntilAsync(job, "failed");
        Assert.Equal(1, calls);
        Assert.Equal(
            $"{kind}|{message}",
            await engine.ScalarAsync<string>(
                $"SELECT (error::jsonb ->> 'type') || '|' || (error::jsonb ->> 'message') FROM job_results WHERE job_id = '{job}'"
            )
        );
    }

    [Fact]
    public async Task After_its_last_retry_the_step_fails_for_good()
    {
        var calls = 0;
        StepFailedException? caught = null;
        var job = await shared.StartAsync(async context =>
        {
            try
            {
                return await context.StepAsync<int>(
                    "ask",
                    _ =>
                    {
                        calls++;
                        throw new HttpRequestException("refused");
                    },
                    _quick
                );
            }
            catch (StepFailedException failed)
            {
                caught = failed;
                return -1;
            }
        });
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal(4, calls);
        Assert.Equal("unavailable", caught!.Failure.Type);
        Assert.Equal(3, (await DelaysAsync(job)).Length);
    }

    [Fact]
    public async Task A_call_that_gives_no_answer_is_cut_and_tried_again_and_a_stream_is_not()
    {
        var silent = 0;
        var job = await shared.StartAsync(async context =>
        {
            var first = await context.StepAsync(
                "silent",
                async call =>
                {
                    if (++silent == 1)
                        await Task.Delay(Timeout.Infinite, call.CancellationToken);
                    return silent;
                },
                _quick
            );
            var second = await context.StepAsync(
                "stream",
                async call =>
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), call.CancellationToken);
                    return call.Attempt;
                },
                _quick with
                {
                    Streams = true,
                }
            );
            return $"{first} {second}";
        });
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal("2 1", (await engine.OutputAsync(job)).GetString());
        Assert.Equal(
            "timeout",
            await engine.ScalarAsync<string>(
                $"SELECT data::jsonb ->> 'kind' FROM events WHERE job_id = '{job}' AND type = 'step.retrying'"
            )
        );
    }

    [Fact]
    public async Task A_worker_that_is_lost_between_two_tries_does_not_start_the_count_anew()
    {
        var calls = new List<int>();
        var dead = new HoldPoint();
        var job = await shared.StartAsync(async context =>
            await context.StepAsync(
                "ask",
                async call =>
                {
                    calls.Add(call.Attempt);
                    if (calls.Count == 2)
                        await dead.PassAsync(call.CancellationToken);
                    return calls.Count < 100 ? throw Answered(503) : 0;
                },
                _quick with
                {
                    Timeout = TimeSpan.FromMinutes(1),
                }
            )
        );
        await dead.Reached;
        await engine.LoseWorkerAsync(job);
        await engine.UntilAsync(job, "failed");
        // Four tries that failed, and the one that died with its worker.
        Assert.Equal([1, 2, 2, 3, 4], calls);
    }

    [Fact]
    public async Task A_cancel_does_not_wait_for_the_next_try()
    {
        var asked = new TaskCompletionSource();
        var job = await shared.StartAsync(async context =>
            await context.StepAsync<int>(
                "ask",
                _ =>
                {
                    asked.TrySetResult();
                    throw Answered(429, after: TimeSpan.FromMilliseconds(499));
                },
                _quick
            )
        );
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(1), Now);
        await engine.Jobs.CancelAsync(job, EngineProcess.Ana, null, Now);
        await engine.UntilAsync(job, "cancelled");
    }

    [Fact]
    public async Task A_mistake_in_the_code_is_none_of_the_services()
    {
        var job = await shared.StartAsync(
            async context =>
                await context.StepAsync<int>("ask", _ => throw new InvalidOperationException("a bug"), _quick),
            submission => submission with { MaxAttempts = 1 }
        );
        await engine.UntilAsync(job, "failed");
        Assert.Equal(
            "InvalidOperationException",
            await engine.ScalarAsync<string>($"SELECT error::jsonb ->> 'type' FROM job_results WHERE job_id = '{job}'")
        );
    }

    private static ServiceException Answered(int status, TimeSpan? after = null) =>
        new(
            "no",
            new()
            {
                Status = status,
                Message = status switch
                {
                    401 => "Unauthorized",
                    413 => "Request Entity Too Large",
                    429 => "Too Many Requests",
                    _ => "Service Unavailable",
                },
                RetryAfter = after,
            }
        );

    private async Task<double[]> DelaysAsync(Guid job) =>
        await engine.ScalarAsync<double[]>(
            $"SELECT array_agg((data::jsonb ->> 'delaySeconds')::float8 ORDER BY no) FROM events WHERE job_id = '{job}' AND type = 'step.retrying'"
        );
}
