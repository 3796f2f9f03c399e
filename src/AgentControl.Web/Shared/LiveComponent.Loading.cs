namespace AgentControl.Web.Shared;

// How loads are run: one at a time, joined, never after the part is gone.
public abstract partial class LiveComponent
{
    private void Subscribe()
    {
        string[] topics = [LiveTopic.Contact, .. Topics];
        if (_disposed || topics.AsSpan().SequenceEqual(_topics))
        {
            return;
        }

        _topics = topics;
        _subscriptions.ForEach(s => s.Dispose());
        _subscriptions.Clear();
        _subscriptions.AddRange(topics.Select(t => Feed.Subscribe(t, () => Pulse.Request(OnBeat))));
    }

    private void OnBeat() => _ = InvokeAsync(() => RunAsync(always: false));

    private async Task RunAsync(bool always)
    {
        if (_disposed)
        {
            return;
        }

        if (_loading)
        {
            _stale = true;
            return;
        }

        _loading = true;
        try
        {
            do
            {
                _stale = false;
                await LoadOnceAsync();
            } while (_stale && !_disposed);
        }
        finally
        {
            _loading = false;
        }

        if (!_disposed && (_changed || always))
        {
            _changed = false;
            StateHasChanged();
        }
    }

    private async Task LoadOnceAsync()
    {
        try
        {
            await LoadAsync(_gone.Token);
            LoadedAt = Clock.GetUtcNow();
            _changed |= Failure is not null || IsLoading;
            Failure = null;
            IsLoading = false;
        }
        catch (OperationCanceledException) when (_disposed)
        {
            // The part left the page while it was reading.
        }
        catch (Exception e)
        {
            // The edge of a part: its failure is shown in its place, the rest of the page goes on.
            Failure = LoadFailure.Next();
            IsLoading = false;
            _changed = true;
            Log.LoadFailed(Logger, GetType().Name, Failure.Id, e);
        }
    }
}
