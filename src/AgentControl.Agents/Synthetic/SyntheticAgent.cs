using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Jobs;
using AgentControl.Core.LanguageModels;

namespace AgentControl.Agents.Synthetic;

/// <summary>Does measured work of no meaning, for self-tests, demonstrations and benchmarks, through the same SDK as every other agent.</summary>
[Agent(
    "synthetic",
    "1",
    Description = "Runs a number of steps of a given size, and fails, waits or starts children where asked."
)]
public sealed class SyntheticAgent(TimeProvider time, IModels? models = null) : IAgent<SyntheticInput, SyntheticOutput>
{
    /// <summary>The shortest JSON text is its two quotes.</summary>
    private const int Quotes = 2;

    public async Task<SyntheticOutput> RunAsync(
        SyntheticInput input,
        IJobContext job,
        CancellationToken cancellationToken
    )
    {
        Check(input);
        using var checksum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var number = 1; number <= input.Steps; number++)
        {
            if (number == input.ApprovalAtStep)
            {
                await AskAsync(job, number);
            }

            var step = number;
            var payload = input.ModelRoute is { } route
                ? await AskModelAsync(job, route, number)
                : await StepAsync(input, job, step);
            checksum.AppendData(Encoding.UTF8.GetBytes(payload));
            await job.ReportProgressAsync(number, input.Steps, "steps");
        }

        if (input.Children > 0)
        {
            await RunChildrenAsync(input, job);
        }

        return new SyntheticOutput(input.Steps, Convert.ToHexStringLower(checksum.GetHashAndReset()));
    }

    private Task<string> StepAsync(SyntheticInput input, IJobContext job, int number)
    {
        var options = input.Service is { } service ? new StepOptions { Service = service } : null;
        return input.SameInput
            ? job.StepAsync("step", "same", (_, call) => WorkAsync(input, number, call), options)
            : job.StepAsync("step", call => WorkAsync(input, number, call), options);
    }

    private async Task<string> AskModelAsync(IJobContext job, string route, int number)
    {
        var request = ModelRequest.Of(string.Create(CultureInfo.InvariantCulture, $"This is step {number}."));
        return models is null
            ? throw new PermanentFailureException("input", "This program has no models. Leave modelRoute out.")
            : (await job.AskModelAsync(models, "step", route, request)).Text;
    }

    private async Task<string> WorkAsync(SyntheticInput input, int number, StepCall call)
    {
        var milliseconds = number == input.SlowAtStep ? input.SlowMilliseconds : input.StepMilliseconds;
        if (milliseconds > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, call.CancellationToken);
        }

        if (number == input.FailAtStep && call.Attempt <= input.FailTimes)
        {
            throw new HttpRequestException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Step {number} was asked to fail with {input.FailStatus}, {call.Attempt} of {input.FailTimes} times."
                ),
                inner: null,
                (HttpStatusCode)input.FailStatus
            );
        }

        return Payload(number, input.PayloadBytes);
    }

    /// <summary>A text whose JSON has exactly so many bytes, and that differs from step to step.</summary>
    internal static string Payload(int number, int bytes)
    {
        var mark = number.ToString("x8", CultureInfo.InvariantCulture);
        return string.Create(
            bytes - Quotes,
            mark,
            static (text, mark) =>
            {
                for (var i = 0; i < text.Length; i++)
                {
                    text[i] = mark[i % mark.Length];
                }
            }
        );
    }

    private static async Task AskAsync(IJobContext job, int number)
    {
        var outcome = await job.RequestApprovalAsync(
            new ApprovalRequest
            {
                Title = string.Create(CultureInfo.InvariantCulture, $"Go on with step {number}?"),
                Body = "The synthetic agent was asked to wait for a person here.",
                Action = "step",
                Content = string.Create(CultureInfo.InvariantCulture, $"step {number}"),
                ContentType = "text/plain",
                OnReject = ApprovalRejection.Cancel,
            }
        );
        if (!outcome.Approved)
        {
            throw new PermanentFailureException("rejected", outcome.Comment ?? "The step was not approved.");
        }
    }

    private static async Task RunChildrenAsync(SyntheticInput input, IJobContext job)
    {
        var own = input with { Children = 0, ApprovalAtStep = null };
        var group = await job.SpawnAsync(
            "synthetic",
            Enumerable.Repeat(own, input.Children).ToList(),
            new SpawnOptions { Queue = input.ChildQueue }
        );
        var counts = await job.WhenChildrenFinish(group);
        if (counts.Succeeded < counts.Total)
        {
            throw new PermanentFailureException(
                "children",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{counts.Failed} of {counts.Total} children failed and {counts.Cancelled} were cancelled."
                )
            );
        }
    }

    private static void Check(SyntheticInput input)
    {
        if (
            input.Steps < 0
            || input.Children < 0
            || input.PayloadBytes < Quotes
            || input.StepMilliseconds < 0
            || input.SlowMilliseconds < 0
        )
        {
            throw new PermanentFailureException(
                "input",
                "Give steps, children, stepMilliseconds and slowMilliseconds of 0 or more, and payloadBytes of 2 or more."
            );
        }
    }
}
