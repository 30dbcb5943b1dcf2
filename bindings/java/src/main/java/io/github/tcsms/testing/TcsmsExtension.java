// The service and its accounts as parameters of tests with JUnit 5.
package io.github.tcsms.testing;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a {@link LocalService}, the same one for the whole run, and an {@link Account}, another one for each test. A class
 * whose constructor or {@code @BeforeAll} takes an account has one more for those.
 *
 * <p>The service is the one that {@code TCSMS_SERVICE} in the environment names, or is started with the first test. JUnit 5.13 or later.
 */
public final class TcsmsExtension implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(TcsmsExtension.class);

    /** For {@code @ExtendWith} and {@code @RegisterExtension}. */
    public TcsmsExtension() {
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == LocalService.class || type == Account.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // JUnit closes what lies in a store: the service after the last test, an account after its own.
        LocalService service = context.getRoot().getStore(NAMESPACE)
                .getOrComputeIfAbsent(LocalService.class, key -> LocalService.fromEnvironment(), LocalService.class);
        if (parameter.getParameter().getType() == LocalService.class) {
            return service;
        }
        // A store also finds what the class has, which is not this test's.
        return context.getStore(NAMESPACE).getOrComputeIfAbsent(context.getUniqueId(), key -> service.account(), Account.class);
    }
}
