using System.Security.Claims;
using AgentControl.Web.Shell;
using AgentControl.Web.Tests.Shared;
using Bunit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using RouteData = Microsoft.AspNetCore.Components.RouteData;

namespace AgentControl.Web.Tests.Shell;

/// <summary>Who sees which page, while rights are read that take their time.</summary>
public sealed class PageGateTests : UiContext
{
    private readonly SlowRights _rights = new();

    public PageGateTests()
    {
        Services.AddSingleton<IAuthorizationService>(_rights);
        Services.AddSingleton<IAuthorizationPolicyProvider>(_rights);
    }

    [Fact]
    public void A_page_is_not_drawn_before_its_right_was_read()
    {
        var gate = Open<OpenPage>();
        Assert.DoesNotContain("open page", gate.Markup, StringComparison.Ordinal);

        _rights.Answer("open", true);
        gate.WaitForAssertion(() => Assert.Contains("open page", gate.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void An_answer_about_the_page_before_opens_no_other_page()
    {
        var gate = Open<OpenPage>();
        Go<ClosedPage>(gate);
        // The first page's right comes while the second one's is still read.
        _rights.Answer("open", true);
        Assert.DoesNotContain("page</p>", gate.Markup, StringComparison.Ordinal);
        _rights.Answer("closed", false);
        gate.WaitForAssertion(() => Assert.True(_rights.Answered("closed")));
        Assert.DoesNotContain("closed page", gate.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_address_of_the_same_page_keeps_it_and_a_right_that_was_lost_meanwhile_takes_it_away()
    {
        var gate = Open<OpenPage>();
        _rights.Answer("open", true);
        gate.WaitForAssertion(() => Assert.Contains("open page", gate.Markup, StringComparison.Ordinal));

        Go<OpenPage>(gate);
        Assert.Contains("open page", gate.Markup, StringComparison.Ordinal);
        _rights.Answer("open", false);
        gate.WaitForAssertion(() => Assert.DoesNotContain("open page", gate.Markup, StringComparison.Ordinal));
    }

    private IRenderedComponent<CascadingValue<Task<AuthenticationState>>> Open<T>() =>
        Render<CascadingValue<Task<AuthenticationState>>>(p =>
            p.Add(
                    v => v.Value,
                    Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity("test"))))
                )
                .AddChildContent<PageGate>(g => g.Add(x => x.RouteData, Address<T>()))
        );

    private static void Go<T>(IRenderedComponent<CascadingValue<Task<AuthenticationState>>> gate) =>
        gate.FindComponent<PageGate>().Render(g => g.Add(x => x.RouteData, Address<T>()));

    private static RouteData Address<T>() => new(typeof(T), new Dictionary<string, object?>());

    [Layout(typeof(Bare))]
    [Authorize(Policy = "open")]
    private sealed class OpenPage : ComponentBase
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder) =>
            builder.AddMarkupContent(0, "<p>open page</p>");
    }

    [Layout(typeof(Bare))]
    [Authorize(Policy = "closed")]
    private sealed class ClosedPage : ComponentBase
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder) =>
            builder.AddMarkupContent(0, "<p>closed page</p>");
    }

    private sealed class Bare : LayoutComponentBase
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, Body);
    }

    /// <summary>Answers when the test says so.</summary>
    private sealed class SlowRights : IAuthorizationService, IAuthorizationPolicyProvider
    {
        private readonly Dictionary<string, TaskCompletionSource<AuthorizationResult>> _asked = new(
            StringComparer.Ordinal
        );
        private readonly HashSet<string> _answered = new(StringComparer.Ordinal);

        public bool Answered(string policy) => _answered.Contains(policy);

        /// <summary>The next question about the policy is a new one.</summary>
        public void Answer(string policy, bool allowed)
        {
            var question = Question(policy);
            _asked.Remove(policy);
            _answered.Add(policy);
            question.SetResult(allowed ? AuthorizationResult.Success() : AuthorizationResult.Failed());
        }

        public Task<AuthorizationResult> AuthorizeAsync(
            ClaimsPrincipal user,
            object? resource,
            IEnumerable<IAuthorizationRequirement> requirements
        ) => Question(requirements.OfType<NameAuthorizationRequirement>().Single().RequiredName).Task;

        public Task<AuthorizationResult> AuthorizeAsync(ClaimsPrincipal user, object? resource, string policyName) =>
            Question(policyName).Task;

        public Task<AuthorizationPolicy?> GetPolicyAsync(string policyName) =>
            Task.FromResult<AuthorizationPolicy?>(
                new AuthorizationPolicy([new NameAuthorizationRequirement(policyName)], [])
            );

        public Task<AuthorizationPolicy> GetDefaultPolicyAsync() =>
            Task.FromResult(new AuthorizationPolicy([new NameAuthorizationRequirement("default")], []));

        public Task<AuthorizationPolicy?> GetFallbackPolicyAsync() => Task.FromResult<AuthorizationPolicy?>(null);

        private TaskCompletionSource<AuthorizationResult> Question(string policy)
        {
            if (!_asked.TryGetValue(policy, out var question))
                _asked[policy] = question = new();
            return question;
        }
    }
}
