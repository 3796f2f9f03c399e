using AgentControl.Engine.Access;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using AgentControl.Web.Access;
using AgentControl.Web.Events;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace AgentControl.Web.Tests.Rest;

public sealed class EventTailRightsTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static readonly JobRef _job = new(Guid.Parse("11111111-2222-4333-8444-555555555555"), "j_1", "job", "home");

    [Fact]
    public async Task A_reader_whose_key_is_revoked_is_cut_off_within_fifteen_seconds_however_busy_the_log_is()
    {
        var time = new FakeTimeProvider();
        var feed = new EventFeed();
        var reader = new Reader();
        var written = new Written();
        var http = new DefaultHttpContext { RequestServices = new Services(program.Services, time, feed, reader) };
        http.Response.Body = written;
        var tail = new EventStreamResult(_job, 0, new EventFilter()).ExecuteAsync(http);
        await written.FlushedAsync(tail);

        reader.Now = null;
        for (var no = 1; no <= 5 && !tail.IsCompleted; no++)
        {
            feed.Publish([new(_job.Id, no, time.GetUtcNow(), "step.started", "info", "", null, null)]);
            await written.FlushedAsync(tail);
            time.Advance(TimeSpan.FromSeconds(4));
        }

        await tail.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    private sealed class Reader : ICallerAccessor
    {
        public Caller? Now { get; set; } = Caller.System;

        public ValueTask<Caller?> CurrentAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Now);
    }

    private sealed class Services(IServiceProvider others, TimeProvider time, EventFeed feed, ICallerAccessor caller)
        : IServiceProvider
    {
        public object? GetService(Type serviceType) =>
            serviceType == typeof(TimeProvider) ? time
            : serviceType == typeof(EventFeed) ? feed
            : serviceType == typeof(ICallerAccessor) ? caller
            : others.GetService(serviceType);
    }

    private sealed class Written : MemoryStream
    {
        private readonly SemaphoreSlim flushes = new(0);

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            flushes.Release();
            return Task.CompletedTask;
        }

        public Task<Task> FlushedAsync(Task end) =>
            Task.WhenAny(end, flushes.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }
}
