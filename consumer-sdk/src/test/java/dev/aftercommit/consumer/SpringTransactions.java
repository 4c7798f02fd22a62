package dev.aftercommit.consumer;

import dev.aftercommit.consumer.spi.HandlerTransactions;
import java.sql.Connection;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

// guide: spring
/** Spring's transaction manager commits what handlers do and the checkpoint. */
final class SpringTransactions implements HandlerTransactions {
    private final TransactionTemplate template;
    private final DataSource dataSource;

    /**
     * @param dataSource the manager's own
     */
    SpringTransactions(PlatformTransactionManager manager, DataSource dataSource) {
        this.template = new TransactionTemplate(manager);
        this.template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.dataSource = dataSource;
    }

    @Override
    public void run(Work work) {
        template.executeWithoutResult(status -> {
            Connection connection = DataSourceUtils.getConnection(dataSource);
            try {
                work.in(connection);
            } finally {
                DataSourceUtils.releaseConnection(connection, dataSource);
            }
        });
    }
}
// guide: end
