using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace AgentControl.Engine.Services;

/// <summary>Calls a service: each attempt's time is capped, and short retries are made on the spot. For longer pauses the engine parks the branch.</summary>
internal sealed class ServiceCalls(TimeProvider time)
{
    private static readonly ResiliencePropertyKey<IServiceTries> _tries = new("tries");

    // One for all services: what differs between them is asked of the tries.
    private readonly ResiliencePipeline retry = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(
            new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = args =>
                    ValueTask.FromResult(
                        args.Outcome.Exception is { } problem && Of(args.Context).PauseHere(problem) is not null
                    ),
                DelayGenerator = args => ValueTask.FromResult(Of(args.Context).PauseHere(args.Outcome.Exception!)),
                OnRetry = args => new ValueTask(Of(args.Context).TryAgainAsync(args.Outcome.Exception!)),
            }
        )
        .Build();

    private readonly ResiliencePipeline timeout = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddTimeout(
            new TimeoutStrategyOptions
            {
                TimeoutGenerator = args => ValueTask.FromResult(Of(args.Context).AttemptTimeout),
            }
        )
        .Build();

    /// <summary>Makes the call until it succeeds, or fails in a way that is not tried again here.</summary>
    public Task<T> RetryAsync<T>(IServiceTries tries, Func<Task<T>> call, CancellationToken cancellationToken) =>
        RunAsync(retry, tries, _ => call(), cancellationToken);

    /// <summary>Makes one call within its time.</summary>
    /// <exception cref="TimeoutRejectedException">Its time was over.</exception>
    public Task<T> WithinTimeAsync<T>(
        IServiceTries tries,
        Func<CancellationToken, Task<T>> call,
        CancellationToken cancellationToken
    ) => RunAsync(timeout, tries, call, cancellationToken);

    private static async Task<T> RunAsync<T>(
        ResiliencePipeline pipeline,
        IServiceTries tries,
        Func<CancellationToken, Task<T>> call,
        CancellationToken cancellationToken
    )
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(_tries, tries);
        try
        {
            return await pipeline.ExecuteAsync(
                static async (context, call) => await call(context.CancellationToken),
                context,
                call
            );
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static IServiceTries Of(ResilienceContext context) => context.Properties.GetValue(_tries, null!);
}

/// <summary>The tries of one call, as its caller counts and records them.</summary>
internal interface IServiceTries
{
    TimeSpan AttemptTimeout { get; }

    /// <summary>The pause before the next try, where it is short enough to be waited for on the spot; otherwise null.</summary>
    TimeSpan? PauseHere(Exception problem);

    /// <summary>Records that the call is tried again, before the pause.</summary>
    Task TryAgainAsync(Exception problem);
}
